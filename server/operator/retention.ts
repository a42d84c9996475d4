import { rfc3339 } from '../protocol/rfc3339.ts';
import { countExpired, runRetention, type RetentionDeps } from '../retention/run-retention.ts';
import { auditOf, OperatorError, type Operator, type Requester } from './operator.ts';
import type { Answer, Input } from './requests.ts';

const DAY_MS = 86_400_000;

/** Removes what is older than PARLEY_RETENTION_DAYS, or than the days that the operator names, whenever the last run was. */
export const retain = async (
  operator: Operator,
  { days, dry_run: isDry }: Input<'retention.run'>,
  { by, ...deps }: { readonly by: Requester } & Pick<RetentionDeps, 'clock' | 'ids'>,
): Promise<Answer<'retention.run'>> => {
  const kept = days ?? operator.config.retentionDays;
  if (kept === 0)
    throw new OperatorError(
      'PARLEY_RETENTION_DAYS is not set, so messages are kept for ever. Set it, or name a number with --days.',
    );
  const before = deps.clock.now() - kept * DAY_MS;
  const said = { dry_run: isDry, days: kept, before: rfc3339(before) };
  if (isDry) return { ...said, messages: await countExpired(operator, before), file: null };
  const { dataDir, write, read, attachments } = operator;
  const outcome = await runRetention(
    { dataDir, write, read, attachments, ...deps },
    { before, everyMs: 0, audit: auditOf(by) },
  );
  if (outcome.kind === 'done') return { ...said, messages: outcome.removed, file: outcome.file };
  throw new OperatorError(
    outcome.kind === 'busy'
      ? 'Messages are being removed already, here or on another host. If that was broken off, try again in a minute.'
      : 'Another run has taken over. What this one removed is in its archive.',
  );
};
