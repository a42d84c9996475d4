import { command } from './command.ts';
import { withSession } from './session.ts';
import { table } from './table.ts';

export const settingsCommand = command({
  name: 'settings',
  describe: 'List what each variable is set to, without the secrets',
  options: (argv) => argv,
  async run(_options, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('settings', {});
      const rows = answer.settings.map(({ name, value }) => [name, value === '' ? '-' : value]);
      output.result(answer, table(['VARIABLE', 'VALUE'], rows));
    });
  },
});
