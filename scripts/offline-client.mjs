import { createHash } from 'node:crypto';

const WORKER = 'sw.js';

/** A Vite plugin: builds `ui/sw.ts` to a file of its own beside the page and writes into it which files the page loads, and
 *  an id that changes when any of them does. */
export const offlineClient = (entry) => ({
  name: 'parley:offline-client',
  apply: 'build',
  buildStart() {
    this.emitFile({ type: 'chunk', id: entry, fileName: WORKER });
  },
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      const worker = bundle[WORKER];
      if (worker?.type !== 'chunk') throw new Error(`${WORKER} was not built`);
      if (worker.imports.length > 0)
        throw new Error(`${WORKER} must stand alone: ${worker.imports.join(', ')}`);
      const built = Object.keys(bundle)
        .filter((file) => file !== WORKER)
        .sort();
      const files = built.filter((file) => !file.endsWith('.html'));
      const hash = createHash('sha256');
      for (const file of built) hash.update(file).update(bundle[file].code ?? bundle[file].source);
      const put = { BUILT_FILES: files, BUILT_ID: hash.digest('base64url').slice(0, 12) };
      for (const [name, value] of Object.entries(put)) {
        if (!worker.code.includes(name)) throw new Error(`${WORKER} does not ask for ${name}`);
        worker.code = worker.code.replaceAll(name, JSON.stringify(value));
      }
    },
  },
});
