import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

const SHEET = /\bcss`([^`]*)`/g;
const RUNTIME = resolve('ui/styles/built-sheets.ts');

/** A Vite plugin: moves the style sheets of these files out of the scripts, into one file of CSS that the page loads beside its first
 *  script; `ui/styles/built-sheets.ts` gives them back to the elements. A sheet that another one includes can't be moved. `dense`:
 *  leaves out what only its readers need. */
export const elementStyles = (paths: readonly string[], dense: (css: string) => string): Plugin => {
  const names = new Map(paths.map((path, at) => [resolve(path), at.toString(36)]));
  let sheets = '';
  return {
    name: 'parley:element-styles',
    apply: 'build',
    enforce: 'pre',
    buildStart() {
      sheets = '';
      for (const [path, name] of names) {
        const found = [...readFileSync(path, 'utf8').matchAll(SHEET)];
        if (found.length !== 1) throw new Error(`${path} has ${String(found.length)} style sheets`);
        const [[, css = '']] = found as [RegExpExecArray];
        if (css.includes('${') || css.includes('\\'))
          throw new Error(`the style sheet of ${path} is not plain text`);
        const text = dense(css).trim();
        // Comments part the sheets from each other.
        if (text.includes('/*')) throw new Error(`the style sheet of ${path} still holds a comment`);
        sheets += `/*${name}*/${text}`;
      }
      this.emitFile({ type: 'asset', name: 'element-styles.css', source: sheets });
    },
    transform: {
      filter: { id: /\/ui\/(elements|styles)\/.*\.ts$/ },
      handler(code, id) {
        const name = names.get(resolve(id));
        if (name === undefined) return null;
        return `import { builtSheet } from ${JSON.stringify(RUNTIME)};\n${code.replace(SHEET, `builtSheet('${name}')`)}`;
      },
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) => {
        const file = Object.keys(bundle).find((each) => /element-styles-[\w-]+\.css$/.test(each));
        if (file === undefined) throw new Error('the file of the style sheets is missing');
        return [
          {
            tag: 'link',
            attrs: { rel: 'preload', as: 'fetch', crossorigin: true, href: `./${file}` },
            injectTo: 'head',
          },
        ];
      },
    },
  };
};
