import { prepare } from './prepare.mjs';
import { main } from './say.mjs';

/** `npm run parley -- <command>`: the operator's commands. */
await main(async () => {
  await prepare('server');
  await import('../dist/bundle/parley.js');
});
