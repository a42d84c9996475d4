import { fileURLToPath } from 'node:url';

/** The repository's folder, seen from `dist/test/support/`. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));
export const serverEntry = fileURLToPath(new URL('../../server/main.js', import.meta.url));
export const operatorEntry = fileURLToPath(new URL('../../server/parley.js', import.meta.url));
export const helperEntry = fileURLToPath(new URL('../../server/helper.js', import.meta.url));
