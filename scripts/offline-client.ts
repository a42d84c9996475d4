import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

const WORKER = 'sw.js';

/** A Vite plugin: builds the service worker to a file of its own beside the page and writes into it which files the page loads, and
 *  an id that changes when any of them does. `entry`: its source. */
export const offlineClient = (entry: string): Plugin => ({
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
      const built = Object.values(bundle)
        .filter(({ fileName }) => fileName !== WORKER)
        .sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
      // The admin page is of no use without its server, and of no use to most. The pictures of the manifest are of no use once the
      // client is there.
      const files = built
        .map(({ fileName }) => fileName)
        .filter((file) => !file.endsWith('.html') && !/^(assets\/(de-)?admin-|screenshots\/)/.test(file));
      const hash = createHash('sha256');
      for (const file of built) {
        hash.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source);
      }
      const constants = { BUILT_FILES: files, BUILT_ID: hash.digest('base64url').slice(0, 12) };
      for (const [name, value] of Object.entries(constants)) {
        if (!worker.code.includes(name)) throw new Error(`${WORKER} does not ask for ${name}`);
        worker.code = worker.code.replaceAll(name, JSON.stringify(value));
      }
    },
  },
});
