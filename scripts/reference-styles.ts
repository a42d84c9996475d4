import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** A Vite plugin: writes the style sheet of the API reference beside the client, which does not load it. It comes after the plugin
 *  that lists the files of the client, so that no browser keeps it with them. `dense`: leaves out what only its readers need. */
export const referenceStyles = (dense: (css: string) => string): Plugin => ({
  name: 'parley:reference-styles',
  apply: 'build',
  generateBundle: {
    order: 'post',
    handler() {
      const sheets = ['tokens', 'reference'].map((name) => readFileSync(`ui/styles/${name}.css`, 'utf8'));
      this.emitFile({ type: 'asset', fileName: 'docs.css', source: dense(sheets.join('\n')) });
    },
  },
});
