import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { constants } from 'node:os';
import { findBinary, howToGet, ownBinary } from './desktop/platforms.mjs';
import { prepare, root } from './prepare.mjs';
import { main, say, Stop } from './say.mjs';

/** `npm run desktop`: the app from the sources, against the server that is named on its login screen. Further arguments go to
 *  Neutralino. */
await main(async () => {
  await prepare('desktop');
  if (ownBinary === undefined) {
    throw new Stop(`Neutralino has no binary for ${process.platform} on ${process.arch}.`);
  }
  const binary = findBinary(root, ownBinary);
  if (binary === null) throw new Stop(`The app is built, but can't be started. ${howToGet(ownBinary)}`);
  if (process.platform !== 'win32') chmodSync(binary, 0o755);
  // As the launchers do: what the app stores is for its owner alone.
  process.umask(0o077);
  const own = ['--res-mode=directory', `--path=${root}`, '--parley-private-files'];
  const child = spawn(binary, [...own, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
  say('Parley is open in its own window.');
  process.exitCode = await new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code, signal) => done(code ?? 128 + constants.signals[signal]));
  });
});
