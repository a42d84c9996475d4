import { join } from 'node:path';
import { filesOf } from './files-of.ts';

/** The files of a folder whose bytes hold a text. */
export const filesHolding = (dir: string, needle: string): readonly string[] =>
  [...filesOf(dir)].filter(([, bytes]) => bytes.includes(needle)).map(([file]) => join(dir, file));
