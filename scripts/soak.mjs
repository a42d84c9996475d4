import { prepare } from './prepare.mjs';
import { main } from './say.mjs';

/** `npm run soak -- --minutes N --seed S`: steady use for as long as one likes, memory and handles watched. */
await main(async () => {
  await prepare('tests');
  await import('../dist/test/support/soak-command.js');
});
