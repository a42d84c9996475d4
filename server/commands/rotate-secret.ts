import { command } from './command.ts';
import { withSession } from './session.ts';
import { timeText } from './table.ts';

export const rotateSecretCommand = command({
  name: 'rotate-secret',
  describe:
    'Make a new key that signs access tokens, for example because the old one may be known. Nobody is logged out',
  options: (argv) => argv,
  async run(_options, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('rotate-secret', {});
      output.result(
        answer,
        `There is a new signing key. Tokens of the old one are good until ${timeText(answer.accepted_until)}.`,
      );
    });
  },
});
