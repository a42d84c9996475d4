import { fileURLToPath } from 'node:url';

/** The repository's folder, seen from `dist/test/support/`. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));
export const serverEntry = fileURLToPath(new URL('../../bundle/main.js', import.meta.url));
export const operatorEntry = fileURLToPath(new URL('../../bundle/parley.js', import.meta.url));
export const helperEntry = fileURLToPath(new URL('../../bundle/helper.js', import.meta.url));
