import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStep } from './run-step.mjs';
import { Stop } from './say.mjs';

const ADDON_PACKAGE = 'node_modules/better-sqlite3';
const ADDON = `${ADDON_PACKAGE}/build/Release/better_sqlite3.node`;
/** The sum of what was compiled here, and for which binary interface of Node. The server compares the sum at its start
 *  (server/runtime/native-binaries.ts). */
const ADDON_SUM = `${ADDON}.sha256`;
const TOOLCHAIN = ['make', 'g++', 'python3'];

const packagesIn = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null; // Not there, or cut short by a crash: nothing counts as installed.
  }
};

const hasAddon = (root) => {
  try {
    const [, abi] = readFileSync(join(root, ADDON_SUM), 'utf8').trim().split(' ');
    return abi === process.versions.modules && existsSync(join(root, ADDON));
  } catch {
    return false; // Never compiled, or the compiler was interrupted.
  }
};

const arePackagesInstalled = (root) => {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const present = packagesIn(join(root, 'node_modules/.package-lock.json'));
  if (wanted === null || present === null) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = present[path];
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
};

/** Whether what is installed is exactly what the lockfile names, with the addon compiled here. Packages for other systems may
 *  be absent. */
export const isInstalled = (root) => hasAddon(root) && arePackagesInstalled(root);

const isOnPath = (command) => {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const missingTools = () => {
  const missing = TOOLCHAIN.filter((command) => !isOnPath(command));
  if (missing.length === 0) return undefined;
  return `The SQLite addon needs a C++ toolchain and ${missing.join(', ')} was not found: install it (Debian, Ubuntu: apt-get install -y build-essential python3) and start again.`;
};

/** Compiles the SQLite addon from the sources in its package: the one step that needs tools besides Node, and the only code
 *  of a package that an installation runs. Not its `install` script, which would rather download a binary that nothing
 *  holds a sum of. */
const compileAddon = async (root) => {
  rmSync(join(root, ADDON_SUM), { force: true });
  const build = ['run', '--prefix', ADDON_PACKAGE, 'build-release'];
  await runStep(
    'Compiling the SQLite addon (one minute on a fast machine, several on a slow one)',
    'npm',
    build,
    root,
    missingTools,
  );
  const sum = createHash('sha256')
    .update(readFileSync(join(root, ADDON)))
    .digest('hex');
  writeFileSync(join(root, ADDON_SUM), `${sum} ${process.versions.modules}\n`);
};

/** `npm ci`, in which no package may run a script of its own, then the addon. What is there already is kept. */
export const install = async (root) => {
  if (!arePackagesInstalled(root)) {
    await runStep('Installing dependencies', 'npm', ['ci', '--ignore-scripts'], root);
  }
  if (!hasAddon(root)) await compileAddon(root);
};

/** The uWebSockets.js binary is made for one Node release line, so a wrong one is refused before anything else. */
export const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major !== 20 || minor < 19) {
    throw new Stop(
      `Parley needs Node 20.19 or a later 20.x; this is ${process.versions.node}. With nvm: nvm install`,
    );
  }
};
