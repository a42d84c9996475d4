import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Upwards from a compiled file: tests of the server and of the client are compiled into different folders. */
const rootOf = (folder: string): string =>
  existsSync(join(folder, 'package.json')) ? folder : rootOf(dirname(folder));

export const repositoryRoot = `${rootOf(fileURLToPath(new URL('.', import.meta.url)))}/`;
const bundled = (name: string): string => join(repositoryRoot, 'dist/bundle', name);
export const serverEntry = bundled('main.js');
export const operatorEntry = bundled('cli.js');
export const helperEntry = bundled('helper.js');

/** The version of the program, where it is written. */
export const packageVersion = (
  JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { readonly version: string }
).version;
