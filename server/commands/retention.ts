import type { Answer } from '../operator/requests.ts';
import { command, type CommandGroup } from './command.ts';
import { countText } from './output.ts';
import { withSession } from './session.ts';
import { timeText } from './table.ts';

const resultText = ({ dry_run: isDry, messages, before, file }: Answer<'retention.run'>): string => {
  const what = `${countText(messages, 'message')} from before ${timeText(before)}`;
  if (isDry) return `${what} would be removed.`;
  return file === null ? `${what}: nothing to remove.` : `${what} removed, and archived in ${file}`;
};

const run = command({
  name: 'run',
  describe: 'Archive and remove messages older than PARLEY_RETENTION_DAYS',
  options: (argv) =>
    argv
      .option('days', { type: 'number', describe: 'Instead of PARLEY_RETENTION_DAYS, this time' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Only say how many there are' }),
  async run({ days, 'dry-run': isDry }, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('retention.run', { days: days ?? null, dry_run: isDry });
      output.result(answer, resultText(answer));
      if (answer.file !== null) output.note('Backups do not hold the archive: copy it to where you keep it.');
    });
  },
});

export const retentionCommands: CommandGroup = {
  name: 'retention',
  describe: 'Remove old messages',
  commands: [run],
};
