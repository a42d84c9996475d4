import { readFileSync } from 'node:fs';

/** The content of a JSON file. What it is read as is not checked: only for files of this repository and of npm. */
export const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
