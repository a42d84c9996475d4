import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StoreError } from '../store-error.ts';

/** Creates the data directory (0700) and its missing parents. One by one, because `mkdir` with `recursive` loops forever if an
 *  existing folder accepts no new one and answers "no such entry" (as /proc does).
 *  @throws StoreError `no-folder` in one line */
export const makeDataDir = (dataDir: string): void => {
  const fault = makeFolder(resolve(dataDir));
  if (fault !== null) throw new StoreError('no-folder', `${dataDir} can't be a data directory: ${fault}`);
};

const makeFolder = (path: string): string | null => {
  const found = statOf(path);
  if (typeof found === 'string') return found;
  if (found !== null) return found.isDirectory() ? null : `${path} is not a directory`;
  const above = dirname(path) === path ? null : makeFolder(dirname(path));
  if (above !== null) return above;
  try {
    mkdirSync(path, { mode: 0o700 });
    return null;
  } catch (error) {
    // Another process may have made it meanwhile.
    return codeOf(error) === 'EEXIST' ? null : `${path} can't be made (${codeOf(error)})`;
  }
};

/** Null: nothing exists there. A text: why that cannot be known. */
const statOf = (path: string) => {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    return `${path} can't be read (${codeOf(error)})`;
  }
};

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
