import type { Answer } from '../operator/requests.ts';
import { command } from './command.ts';
import { bytesText, countText, durationText } from './output.ts';
import { withSession } from './session.ts';

const dataText = (status: Answer<'status'>): string => {
  const free = `${bytesText(status.free_bytes)} free on the disk`;
  const { database = 'SQLite' } = status;
  return database === 'SQLite'
    ? `data: ${status.data_dir}, ${bytesText(status.database_bytes)}, ${free}`
    : `data: ${database}; ${status.data_dir}, ${free}`;
};

const retentionLines = ({ retention }: Answer<'status'>): readonly string[] => {
  if (retention === undefined || (retention.days === 0 && retention.removed === 0)) return [];
  const kept = retention.days === 0 ? 'for ever' : `for ${countText(retention.days, 'day')}`;
  const removed = `${countText(retention.removed, 'message')} removed so far`;
  return [`messages are kept ${kept}: ${removed}, last run ${retention.last_run ?? 'never'}`];
};

const pushLines = ({ pushes = null }: Answer<'status'>): readonly string[] => {
  if (pushes === null) return [];
  const { accepted, failed, waiting } = pushes;
  return [`pushes since the start: ${accepted} accepted, ${failed} failed, ${waiting} waiting`];
};

const attachmentTexts = ({
  attachments,
  attachment_bytes: bytes = 0,
}: Answer<'status'>): readonly string[] =>
  attachments === undefined ? [] : [`${countText(attachments, 'attachment')} (${bytesText(bytes)})`];

const linesOf = (status: Answer<'status'>): readonly string[] => [
  `Parley ${status.version}, ${status.running ? `running for ${durationText(status.uptime_ms ?? 0)}` : 'stopped'}`,
  dataText(status),
  [
    ...[countText(status.users, 'user'), countText(status.conversations, 'conversation')],
    countText(status.messages, 'message'),
    ...(status.reactions === undefined ? [] : [countText(status.reactions, 'reaction')]),
    ...attachmentTexts(status),
    ...(status.connections === null ? [] : [countText(status.connections, 'open connection')]),
  ].join(', '),
  ...(status.threads === null ? [] : [`threads: ${status.threads.join(', ')}`]),
  ...(status.hosts ?? []).map(
    ({ name, version, connections, heartbeat_age_ms: age }) =>
      `host ${name}: ${version}, ${countText(connections, 'open connection')}, heard ${durationText(age)} ago`,
  ),
  ...(status.broker === 'down' ? ['the broker is down: hosts compare with the database every 2 s'] : []),
  ...(status.last_proven_backup === null ? [] : [`last proven backup: ${status.last_proven_backup}`]),
  ...pushLines(status),
  ...retentionLines(status),
];

export const statusCommand = command({
  name: 'status',
  describe: 'Show what the server has and does',
  options: (argv) => argv,
  async run(_options, output) {
    await withSession(async ({ ask }) => {
      const status = await ask('status', {});
      output.result(status, linesOf(status).join('\n'));
    });
  },
});
