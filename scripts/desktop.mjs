import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join, parse } from 'node:path';
import { bundle, shippedConfig } from './desktop/bundle.mjs';
import { putLauncher } from './desktop/folders.mjs';
import { findBinary, howToGet, ownBinary } from './desktop/platforms.mjs';
import { prepare, root } from './prepare.mjs';
import { main, say, Stop } from './say.mjs';

/** By its launcher where there is one; elsewhere what the app stores is for its owner alone all the same. */
const start = (app) => {
  if (process.platform === 'linux') {
    putLauncher(root, app, shippedConfig(root).version);
    return { program: join(app, 'parley'), args: [] };
  }
  process.umask(0o077);
  return {
    program: join(app, ownBinary.replace('neutralino', 'parley')),
    args: [
      `--path=${app}`,
      '--res-mode=bundle',
      '--parley-private-files',
      '--window-exit-process-on-close=true',
    ],
  };
};

/** `npm run desktop`: the app from the sources, against the server that is named on its login screen. */
await main(async () => {
  await prepare('desktop');
  if (ownBinary === undefined) {
    throw new Stop(`Neutralino has no binary for ${process.platform} on ${process.arch}.`);
  }
  if (findBinary(root, ownBinary) === null)
    throw new Stop(`The app is built, but can't be started. ${howToGet(ownBinary)}`);
  // From a bundle, as it is given away: from a folder Neutralino would serve whatever lies around it as well.
  const app = await bundle(root, join(root, 'dist/desktop-run'));
  const { program, args } = start(app);
  const child = spawn(program, args, { stdio: 'inherit', cwd: parse(app).root });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
  say('Parley is open in its own window.');
  process.exitCode = await new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code, signal) => done(code ?? 128 + constants.signals[signal]));
  });
});
