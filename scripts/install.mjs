import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeFault } from './node-support.mjs';
import { runStep } from './run-step.mjs';
import { ExpectedError } from './command.mjs';

const ADDON_PACKAGE = 'node_modules/better-sqlite3';
const ADDON = `${ADDON_PACKAGE}/build/Release/better_sqlite3.node`;
/** The sum of what was compiled here, and for which binary interface of Node. The server compares the sum at its start
 *  (server/runtime/native/native-binaries.ts). */
const ADDON_SUM = `${ADDON}.sha256`;
const TOOLCHAIN = ['make', 'g++', 'python3'];

/** @typedef {Readonly<Record<string, { version: string, integrity: string, optional?: boolean }>>} Packages by path */

/** @param {string} path */
const packagesIn = (path) => {
  try {
    const lockfile = /** @type {{ packages: Packages }} */ (JSON.parse(readFileSync(path, 'utf8')));
    return lockfile.packages;
  } catch {
    return null; // Not there, or cut short by a crash: nothing counts as installed.
  }
};

/** @param {string} root */
const hasAddon = (root) => {
  try {
    const [, abi] = readFileSync(join(root, ADDON_SUM), 'utf8').trim().split(' ');
    return abi === process.versions.modules && existsSync(join(root, ADDON));
  } catch {
    return false; // Never compiled, or the compiler was interrupted.
  }
};

/** @param {string} root */
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

/**
 * Whether what is installed is exactly what the lockfile names, with the addon compiled here. Packages for other systems may
 * be absent.
 * @param {string} root
 */
export const isInstalled = (root) => hasAddon(root) && arePackagesInstalled(root);

/** @param {string} command */
const isOnPath = (command) => {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const missingTools = () => {
  if (process.platform === 'win32') {
    return 'The SQLite addon needs Visual Studio’s build tools for C++ and Python 3; the lines above say what was not found.';
  }
  const missing = TOOLCHAIN.filter((command) => !isOnPath(command));
  if (missing.length === 0) return undefined;
  return `The SQLite addon needs a C++ toolchain and ${missing.join(', ')} was not found: install it (Debian, Ubuntu: apt-get install -y build-essential python3) and start again.`;
};

/**
 * The folder above `include/node` of the running Node, where it brought its headers along: its own downloads and npm packages do,
 * as do Debian-style packages. Elsewhere node-gyp downloads them. Without this a setting of npm, or a cache, may name the headers of
 * another Node.
 */
const ownHeaders = () => {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  try {
    const header = readFileSync(join(prefix, 'include/node/node_version.h'), 'utf8');
    const found = ['MAJOR', 'MINOR', 'PATCH'].map(
      (part) => new RegExp(`#define NODE_${part}_VERSION (\\d+)`).exec(header)?.[1],
    );
    return found.join('.') === process.versions.node ? prefix : undefined;
  } catch {
    return undefined; // No headers beside this Node.
  }
};

/**
 * Runs npm as a step. Windows starts a `.cmd` file only through a shell, so there it is npm's script that Node runs.
 * @param {string} title
 * @param {readonly string[]} args
 * @param {string} root
 * @param {() => string | undefined} [explain]
 */
const runNpm = (title, args, root, explain) => {
  if (process.platform !== 'win32') return runStep(title, 'npm', args, root, explain);
  const script =
    process.env['npm_execpath'] ?? join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js');
  return runStep(title, process.execPath, [script, ...args], root, explain);
};

/**
 * Compiles the SQLite addon from the sources in its package: the one step that needs tools besides Node, and the only code
 * of a package that an installation runs. Not its `install` script, which would rather download a binary that nothing
 * holds a sum of.
 * @param {string} root
 */
const compileAddon = async (root) => {
  rmSync(join(root, ADDON_SUM), { force: true });
  const headers = ownHeaders();
  await runNpm(
    'Compiling the SQLite addon (one minute on a fast machine, several on a slow one)',
    [
      ...['run', '--prefix', ADDON_PACKAGE, 'build-release'],
      ...(headers === undefined ? [] : ['--', `--nodedir=${headers}`]),
    ],
    root,
    missingTools,
  );
  const sum = createHash('sha256')
    .update(readFileSync(join(root, ADDON)))
    .digest('hex');
  writeFileSync(join(root, ADDON_SUM), `${sum} ${process.versions.modules}\n`);
};

/**
 * `npm ci`, in which no package may run a script of its own, then the addon. What is there already is kept.
 * @param {string} root
 */
export const install = async (root) => {
  if (!arePackagesInstalled(root)) {
    await runNpm('Installing dependencies', ['ci', '--ignore-scripts'], root);
  }
  if (!hasAddon(root)) await compileAddon(root);
};

/** As the server exits when something other than a setting must be changed (PROTOCOL X4). */
const EXIT_REFUSED = 74;

/**
 * Refuses a Node that Parley does not run on, before anything is installed or built for it.
 * @param {string} root
 */
export const checkNode = (root) => {
  const { engines } = /** @type {{ engines: { node: string } }} */ (
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  );
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  const fault = nodeFault(
    {
      node: process.versions.node,
      platform: process.platform,
      glibc: header.glibcVersionRuntime,
      // The server compares the files themselves; a file that the operator brought along may need less.
      ownBinaries: (process.env['PARLEY_ACCEPT_BINARIES'] ?? '') !== '',
    },
    engines.node,
  );
  if (fault !== undefined) throw new ExpectedError(fault, EXIT_REFUSED);
};
