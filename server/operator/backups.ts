import { rfc3339 } from '../protocol/rfc3339.ts';
import { OperatorError, type Operator } from './operator.ts';
import type { Answer } from './requests.ts';

export const listBackups = ({ backups, config }: Operator): Answer<'backup.list'> => ({
  schedule:
    config.backups === null
      ? null
      : { dir: config.backups.dir, every_s: config.backups.everyMs / 1000, keep: config.backups.keep },
  running: backups?.isRunning ?? false,
  failures: backups?.failures ?? 0,
  backups: (backups?.list() ?? []).map(({ name, at, bytes }) => ({ name, made_at: rfc3339(at), bytes })),
});

/** Begins a backup and returns at once. `record` is called if one was begun. */
export const startBackup = async (
  { backups, config }: Operator,
  record: () => Promise<unknown>,
): Promise<Answer<'backup.start'>> => {
  if (backups === null || config.backups === null)
    throw new OperatorError(
      'There is no schedule of backups here. Set PARLEY_BACKUP_DIR, or run parley backup FILE.',
    );
  if (backups.begin === null)
    throw new OperatorError(
      'No server runs here, which makes the scheduled backups. Start it, or run parley backup FILE.',
    );
  const started = backups.begin();
  if (started) await record();
  return { started };
};
