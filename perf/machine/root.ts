import { fileURLToPath } from 'node:url';

/** The repository's folder, seen from `dist/perf/machine/`. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));
