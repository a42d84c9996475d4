import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ATTEMPTS = 20;

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const readAll = (dir: string): ReadonlyMap<string, Buffer> =>
  new Map(
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(dir, path), readFileSync(path)]),
  );

/** The bytes of every file in a folder that a server may be writing to, by path inside the folder. A file that is renamed
 *  between the listing and the reading would be missed under both names, so the folder is listed again. */
export const filesOf = (dir: string): ReadonlyMap<string, Buffer> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return readAll(dir);
    } catch (error) {
      if (attempt === ATTEMPTS || !isGone(error)) throw error;
    }
  }
};
