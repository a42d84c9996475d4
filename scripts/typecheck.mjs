import { main } from './command.mjs';
import { install, isInstalled } from './install.mjs';
import { root } from './root.mjs';
import { runStep } from './run-step.mjs';
import { eachErrorOnce } from './type-errors.mjs';

/** `npm run typecheck`: all projects of tsconfig.json, with the errors of each. A file that several projects include is
 *  checked in each of them. Writes notes to node_modules/.cache and nothing else. */
await main(async () => {
  if (!isInstalled(root)) await install(root);
  const tsc = 'node_modules/typescript/bin/tsc';
  const args = [tsc, '--build', '--pretty', 'false'];
  await runStep('Checking types', process.execPath, args, root, undefined, undefined, eachErrorOnce);
});
