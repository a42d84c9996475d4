import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStep } from '../run-step.mjs';
import { findBinary, PLATFORMS } from './platforms.mjs';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** What the app itself reads of `neutralino.config.json`: the version is that of the package, and how it is built is nobody's
 *  business once it is. */
export const shippedConfig = (root) => ({
  ...read(join(root, 'neutralino.config.json')),
  version: read(join(root, 'package.json')).version,
});

/** Runs `neu build` in a folder of its own, which holds nothing but what goes into the app. Resolves with the folder of
 *  `resources.neu` and of those binaries that are there, named `parley-…`. */
export const bundle = async (root, stage) => {
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(join(stage, 'bin'), { recursive: true });
  cpSync(join(root, 'dist/desktop-ui'), join(stage, 'dist/desktop-ui'), { recursive: true });
  cpSync(join(root, 'ui/icons'), join(stage, 'ui/icons'), { recursive: true });
  const config = shippedConfig(root);
  const out = config.cli.distributionPath.replace(/^\//, '');
  writeFileSync(join(stage, 'neutralino.config.json'), JSON.stringify(config));
  for (const name of PLATFORMS.flatMap(({ binaries }) => binaries)) {
    const from = findBinary(root, name);
    if (from === null) continue;
    copyFileSync(from, join(stage, 'bin', name));
    chmodSync(join(stage, 'bin', name), 0o755);
  }
  const neu = join(root, 'node_modules/@neutralinojs/neu/bin/neu.js');
  await runStep('Bundling the desktop app', process.execPath, [neu, 'build'], stage);
  return join(stage, out, config.cli.binaryName);
};
