import { accessSync, constants } from 'node:fs';
import { env } from 'node:process';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Absent or not ours to run: the next place may do.
  }
};

/** The browser of the browser tests. Throws one sentence that says what to install: a browser test that can't run has failed. */
export const chromiumPath = (): string => {
  const named = env['PARLEY_CHROMIUM'];
  const found = (named === undefined || named === '' ? PLACES : [named]).find(isExecutable);
  if (found === undefined) {
    throw new Error(
      named === undefined || named === ''
        ? 'The browser tests need Chromium: apt-get install -y chromium, or set PARLEY_CHROMIUM to its path.'
        : `PARLEY_CHROMIUM names ${named}, which is not a program that can be run.`,
    );
  }
  return found;
};

/** Flags for a browser that starts as root, reaches nothing by itself and leaves nothing behind. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;
