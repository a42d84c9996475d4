import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder, seen from `dist/test/support/`. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));
export const serverEntry = fileURLToPath(new URL('../../bundle/main.js', import.meta.url));
export const operatorEntry = fileURLToPath(new URL('../../bundle/parley.js', import.meta.url));
export const helperEntry = fileURLToPath(new URL('../../bundle/helper.js', import.meta.url));

/** The version of the program, where it is written. */
export const packageVersion = (
  JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { readonly version: string }
).version;
