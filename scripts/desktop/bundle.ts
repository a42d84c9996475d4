import { chmodSync, copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../json.ts';
import { runStep } from '../run-step.mjs';
import { findBinary, PLATFORMS } from './platforms.ts';

/** What is read here of `neutralino.config.json`. */
interface NeutralinoConfig {
  readonly version: string;
  readonly cli: { readonly binaryName: string; readonly distributionPath: string };
}

/** The configuration that `neu build` gets: the version is that of the package. */
export const shippedConfig = (root: string): NeutralinoConfig => ({
  ...readJson<NeutralinoConfig>(join(root, 'neutralino.config.json')),
  version: readJson<{ readonly version: string }>(join(root, 'package.json')).version,
});

/** Runs `neu build` in a folder of its own, which holds nothing but what goes into the app. Resolves with the folder of
 *  `resources.neu` and of those binaries that are there, named `parley-…`. */
export const bundle = async (root: string, stage: string): Promise<string> => {
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
