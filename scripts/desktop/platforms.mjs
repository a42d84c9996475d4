import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';

/** The systems the app is made for, and the official binaries each may hold, by their names in Neutralino's releases. The
 *  first one is what a complete folder needs. */
export const PLATFORMS = [
  {
    system: 'linux',
    binaries: ['neutralino-linux_x64', 'neutralino-linux_arm64', 'neutralino-linux_armhf'],
  },
  { system: 'mac', binaries: ['neutralino-mac_universal'] },
  { system: 'windows', binaries: ['neutralino-win_x64.exe'] },
];

const OWN = {
  'linux-x64': 'neutralino-linux_x64',
  'linux-arm64': 'neutralino-linux_arm64',
  'linux-arm': 'neutralino-linux_armhf',
  'darwin-x64': 'neutralino-mac_universal',
  'darwin-arm64': 'neutralino-mac_universal',
  'win32-x64': 'neutralino-win_x64.exe',
};

/** The name of the binary that runs on this machine; undefined where there is none. */
export const ownBinary = OWN[`${process.platform}-${process.arch}`];

/** Where a binary is, or null: `PARLEY_NEUTRALINO_BIN` for this machine's own, else `bin/`. */
export const findBinary = (root, name) => {
  const named = name === ownBinary ? (env.PARLEY_NEUTRALINO_BIN ?? '') : '';
  const path = named === '' ? join(root, 'bin', name) : named;
  return existsSync(path) && statSync(path).isFile() ? path : null;
};

/** What to do about a missing one, as a sentence. */
export const howToGet = (name) =>
  `${name} is missing: on a machine that reaches its releases run \`npx neu update\`, which puts the official binaries into bin/, or put the file there by hand.`;
