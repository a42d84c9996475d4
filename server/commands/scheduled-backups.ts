import { OperatorError } from '../operator/operator.ts';
import type { Answer } from '../operator/requests.ts';
import { systemClock } from '../runtime/clock.ts';
import { command, type CommandGroup } from './command.ts';
import { bytesText, countText, durationText } from './output.ts';
import { withSession, type CommandSession } from './session.ts';
import { table, timeText } from './table.ts';

type BackupLines = Answer<'backup.list'>;

/** Milliseconds after which is asked again whether a backup is finished. */
const AGAIN_MS = 500;

const scheduleText = ({ schedule, running, failures }: BackupLines): string => {
  if (schedule === null) return 'There is no schedule of backups: PARLEY_BACKUP_DIR is not set.';
  const { dir, every_s: every, keep } = schedule;
  return [
    `one every ${durationText(every * 1000)} into ${dir}, of which ${String(keep)} are kept`,
    ...(running ? ['one is being made'] : []),
    ...(failures > 0 ? [`${countText(failures, 'backup')} failed since the server started`] : []),
  ].join('; ');
};

const filesText = ({ backups }: BackupLines): readonly string[] =>
  backups.length === 0
    ? []
    : [
        table(
          ['MADE', 'SIZE', 'FILE'],
          backups.map(({ name, made_at: at, bytes }) => [timeText(at), bytesText(bytes), name]),
        ),
      ];

const list = command({
  // Also what `parley backups` alone does.
  name: ['list', '$0'],
  describe: 'Show the schedule, and the proven backups in its folder',
  options: (argv) => argv,
  async run(_options, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('backup.list', {});
      output.result(answer, [scheduleText(answer), ...filesText(answer)].join('\n'));
    });
  },
});

/** Waits until no backup is being made. @throws OperatorError if there is no new one then */
const proven = async (
  { ask }: CommandSession,
  before: BackupLines,
): Promise<BackupLines['backups'][number]> => {
  for (;;) {
    const { running, backups } = await ask('backup.list', {});
    const [newest] = backups;
    if (!running) {
      if (newest === undefined || newest.name === before.backups[0]?.name)
        throw new OperatorError(
          'The backup could not be made or not be proven. The log line backup.failed says why.',
        );
      return newest;
    }
    await new Promise<void>((resolve) => systemClock.after(AGAIN_MS, resolve));
  }
};

const start = command({
  name: 'start',
  describe: 'Make a scheduled backup now, in the folder of the schedule, and wait until it is proven',
  options: (argv) =>
    argv.option('wait', { type: 'boolean', default: true, describe: 'With --no-wait: only begin it' }),
  async run({ wait }, output) {
    await withSession(async (session) => {
      const before = await session.ask('backup.list', {});
      const { started } = await session.ask('backup.start', {});
      const begun = started ? 'A backup was begun' : 'A backup is being made already';
      if (!wait) {
        output.result({ started }, begun);
        return;
      }
      output.note(`${begun}. Waiting until it is proven.`);
      const { name, made_at, bytes } = await proven(session, before);
      output.result({ started, name, made_at, bytes }, `${name}: ${bytesText(bytes)}, proven`);
    });
  },
});

export const scheduledBackupCommands: CommandGroup = {
  name: 'backups',
  describe: 'The backups that a running server makes on its schedule, and proves',
  commands: [list, start],
};
