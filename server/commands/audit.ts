import { rfc3339 } from '../protocol/rfc3339.ts';
import type { Answer } from '../operator/requests.ts';
import { command } from './command.ts';
import { withSession } from './session.ts';
import { table, timeText } from './table.ts';

type AuditLine = Answer<'audit.list'>['records'][number];

const detailText = ({ user, target, detail }: AuditLine): string =>
  [
    ...(user === null ? [] : [user.username]),
    ...(target === null ? [] : [target]),
    ...Object.entries(detail ?? {}).map(([name, value]) => `${name}=${valueText(name, value)}`),
  ].join(' ');

/** Details that are times are milliseconds since the epoch. */
const valueText = (name: string, value: string | number | boolean | null): string =>
  name.endsWith('_at') && typeof value === 'number'
    ? timeText(rfc3339(value)).replace(' ', 'T')
    : String(value);

/** An admin by the name they have now. */
const actorText = ({ actor, actor_username: name }: AuditLine): string =>
  typeof name === 'string' ? `admin:${name}` : actor;

export const auditCommand = command({
  name: 'audit',
  describe: 'List what operators changed, the newest first',
  options: (argv) =>
    argv
      .option('before', { type: 'number', describe: 'Continue before this number' })
      .option('limit', { type: 'number', default: 50, describe: 'At most so many, up to 1,000' }),
  async run({ before, limit }, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('audit.list', { before: before ?? null, limit });
      const rows = answer.records.map((record) => [
        ...[String(record.id), timeText(record.at), actorText(record), record.origin, record.action],
        detailText(record),
      ]);
      output.result(answer, table(['NUMBER', 'TIME', 'WHO', 'FROM', 'WHAT', 'TO WHOM OR WHAT'], rows));
    });
  },
});
