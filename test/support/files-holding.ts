import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of a folder whose bytes hold a text. */
export const filesHolding = (dir: string, needle: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(needle));
