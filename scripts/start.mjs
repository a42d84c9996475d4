import { prepare } from './prepare.mjs';
import { main } from './say.mjs';

/** `npm start`: the server runs in this very process, so a signal meant for it reaches it. */
await main(async () => {
  await prepare('server', 'ui');
  await import('../dist/bundle/main.js');
});
