import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The nearest folder upwards that holds a package.json: this file is also copied into the build output, beside the compiled scripts.
 * @param {string} folder
 * @returns {string}
 */
const packageFolder = (folder) =>
  existsSync(join(folder, 'package.json')) ? folder : packageFolder(dirname(folder));

/** The repository's folder. */
export const root = packageFolder(dirname(fileURLToPath(import.meta.url)));
