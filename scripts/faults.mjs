import { prepare } from './prepare.mjs';
import { main } from './say.mjs';

/** `npm run test:faults -- [NAME …] [--rounds N] [--seed S] [--quiet]`: what could break a promise, in full numbers. */
await main(async () => {
  await prepare('tests');
  await import('../dist/test/faults/command.js');
});
