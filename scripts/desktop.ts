import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join, parse } from 'node:path';
import { bundle, shippedConfig } from './desktop/bundle.ts';
import { putLauncher } from './desktop/folders.ts';
import { findBinary, howToGet, ownBinary, shippedName } from './desktop/platforms.ts';
import { root } from './root.mjs';
import { ExpectedError, main } from './command.mjs';
import { log } from './log.mjs';

/** By its launcher where there is one; elsewhere what the app stores is for its owner alone all the same. */
const start = (
  app: string,
  binary: string,
): { readonly program: string; readonly args: readonly string[] } => {
  if (process.platform === 'linux') {
    putLauncher(root, app, shippedConfig(root).version);
    return { program: join(app, 'parley'), args: [] };
  }
  process.umask(0o077);
  return {
    program: join(app, shippedName(binary)),
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
  if (ownBinary === undefined) {
    throw new ExpectedError(`Neutralino has no binary for ${process.platform} on ${process.arch}.`);
  }
  if (findBinary(root, ownBinary) === null)
    throw new ExpectedError(`The app is built, but can't be started. ${howToGet(ownBinary)}`);
  // From a bundle, as it is given away: from a folder Neutralino would serve whatever lies around it as well.
  const app = await bundle(root, join(root, 'dist/desktop-run'));
  const { program, args } = start(app, ownBinary);
  const child = spawn(program, args, { stdio: 'inherit', cwd: parse(app).root });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
  log('Parley is open in its own window.');
  process.exitCode = await new Promise<number>((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code, signal) => {
      done(code ?? 128 + constants.signals[signal ?? 'SIGTERM']);
    });
  });
});
