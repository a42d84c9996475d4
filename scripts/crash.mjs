import { prepare } from './prepare.mjs';
import { main } from './say.mjs';

/** `npm run test:crash -- --rounds N --seed S`: the kill test for as long as one likes. */
await main(async () => {
  await prepare('tests');
  await import('../dist/test/support/crash-command.js');
});
