import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';

export type System = 'linux' | 'mac' | 'windows';

interface Platform {
  readonly system: System;
  /** The official binaries that its folder may hold, by their names in Neutralino's releases. A complete folder needs the first. */
  readonly binaries: readonly [string, ...string[]];
}

export const PLATFORMS: readonly Platform[] = [
  {
    system: 'linux',
    binaries: ['neutralino-linux_x64', 'neutralino-linux_arm64', 'neutralino-linux_armhf'],
  },
  { system: 'mac', binaries: ['neutralino-mac_universal'] },
  { system: 'windows', binaries: ['neutralino-win_x64.exe'] },
];

const BINARY_BY_MACHINE: Readonly<Record<string, string>> = {
  'linux-x64': 'neutralino-linux_x64',
  'linux-arm64': 'neutralino-linux_arm64',
  'linux-arm': 'neutralino-linux_armhf',
  'darwin-x64': 'neutralino-mac_universal',
  'darwin-arm64': 'neutralino-mac_universal',
  'win32-x64': 'neutralino-win_x64.exe',
};

/** The name of the binary that runs on this machine; undefined where there is none. */
export const ownBinary = BINARY_BY_MACHINE[`${process.platform}-${process.arch}`];

/** What a binary is called in the app. */
export const shippedName = (binary: string): string => binary.replace('neutralino', 'parley');

/** Where a binary is, or null: `PARLEY_NEUTRALINO_BIN` for this machine's own, else `bin/`. */
export const findBinary = (root: string, name: string): string | null => {
  const named = name === ownBinary ? (env['PARLEY_NEUTRALINO_BIN'] ?? '') : '';
  const path = named === '' ? join(root, 'bin', name) : named;
  return existsSync(path) && statSync(path).isFile() ? path : null;
};

/** What to do about a missing one, as a sentence. */
export const howToGet = (name: string): string =>
  `${name} is missing: on a machine that reaches its releases run \`npx neu update\`, which puts the official binaries into bin/, or put the file there by hand.`;
