import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';
import { main } from './say.mjs';

/** Whether nothing can be built here: a service that was pruned to what it runs. Its packages must stay as they are, for a server may be
 *  running on them. */
const isPruned =
  existsSync(join(root, 'dist/bundle/parley.js')) && !existsSync(join(root, 'node_modules/vite'));

/** `npm run parley -- <command>`: the operator's commands. */
await main(async () => {
  if (!isPruned) await prepare('server');
  await import('../dist/bundle/parley.js');
});
