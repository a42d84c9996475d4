import { existsSync } from 'node:fs';
import { env } from 'node:process';
import { inRepository } from './desktop-app.ts';

const NAMES: Readonly<Record<string, string>> = {
  'linux-x64': 'neutralino-linux_x64',
  'linux-arm64': 'neutralino-linux_arm64',
  'linux-arm': 'neutralino-linux_armhf',
};

/** Of this machine's binary in Neutralino's releases; empty where there is none. */
export const neutralinoName = NAMES[`${process.platform}-${process.arch}`] ?? '';

/** Why a test that needs the program did not run. Never the words of a pass. */
export const NOT_RUN = 'not run: no Neutralino binary';

/** This machine's Neutralino: `PARLEY_NEUTRALINO_BIN`, else the one in `bin/`; null when there is none. One that was named
 *  and is not there is a mistake, and no reason to skip. */
export const neutralinoBinary = (): string | null => {
  const named = env['PARLEY_NEUTRALINO_BIN'] ?? '';
  if (named !== '') {
    if (!existsSync(named)) throw new Error(`PARLEY_NEUTRALINO_BIN names ${named}, which is not there.`);
    return named;
  }
  const path = neutralinoName === '' ? '' : inRepository('bin', neutralinoName);
  return existsSync(path) ? path : null;
};
