import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStep } from './run-step.mjs';
import { Stop } from './say.mjs';

const ADDON = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
const TOOLCHAIN = ['make', 'g++', 'python3'];

const packagesIn = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null; // Not there, or cut short by a crash: nothing counts as installed.
  }
};

/** Whether what is installed is exactly what the lockfile names. Packages for other systems may be absent. */
export const isInstalled = (root) => {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const present = packagesIn(join(root, 'node_modules/.package-lock.json'));
  if (wanted === null || present === null || !existsSync(join(root, ADDON))) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = present[path];
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
};

const isOnPath = (command) => {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Measured from 45 s to more than three minutes. */
const INSTALLING =
  'Installing dependencies and compiling the SQLite addon (one minute on a fast machine, several on a slow one)';

/** `npm ci`, which compiles the SQLite addon: the one step that needs tools besides Node. */
export const install = (root) =>
  runStep(INSTALLING, 'npm', ['ci'], root, () => {
    const missing = TOOLCHAIN.filter((command) => !isOnPath(command));
    if (missing.length === 0) return undefined;
    return `The SQLite addon needs a C++ toolchain and ${missing.join(', ')} was not found: install it (Debian, Ubuntu: apt-get install -y build-essential python3) and start again.`;
  });

/** The uWebSockets.js binary is made for one Node release line, so a wrong one is refused before anything else. */
export const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major !== 20 || minor < 19) {
    throw new Stop(
      `Parley needs Node 20.19 or a later 20.x; this is ${process.versions.node}. With nvm: nvm install`,
    );
  }
};
