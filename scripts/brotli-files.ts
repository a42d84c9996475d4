import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { Plugin } from 'vite';

const compress = promisify(brotliCompress);
/** Only names with a hash of their content, so that no compressed file can be of another content than the one beside it. Emoji and
 *  styles are among them. */
const COMPRESSED = /^assets\/.*\.(js|css|json|svg)$/;
/** Smaller ones fit one packet anyway. */
const MIN_BYTES = 1024;

/** A Vite plugin: writes each larger file of text a second time, compressed with Brotli. At its best quality that takes seconds, which no
 *  server has at its start. */
export const brotliFiles = (folder: string): Plugin => ({
  name: 'parley:brotli-files',
  apply: 'build',
  writeBundle: {
    sequential: true,
    async handler(_options, bundle) {
      const files = Object.keys(bundle).filter((file) => COMPRESSED.test(file));
      await Promise.all(
        files.map(async (file) => {
          const path = join(folder, file);
          const bytes = await readFile(path);
          if (bytes.length < MIN_BYTES) return;
          const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
          await writeFile(`${path}.br`, await compress(bytes, { params }));
        }),
      );
    },
  },
});
