import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const MANIFEST = 'manifest.webmanifest';
/** Under names that never change, because systems remember them: an icon on a home screen, the badge of a notification. */
const PICTURES = [
  'icon.svg',
  ...['icon-192', 'icon-512', 'maskable-512', 'badge-96'].map((name) => `icons/${name}.png`),
  // What a browser shows before it installs the client. `npm run screenshots` makes them.
  ...['wide', 'narrow-list', 'narrow-conversation'].map((name) => `screenshots/${name}.webp`),
];

/** A Vite plugin: adds what makes the client an app that can be installed. `folder`: of the sources. */
export const installable = (folder: string): Plugin => ({
  name: 'parley:installable',
  apply: 'build',
  buildStart() {
    const emit = (from: string, fileName: string): void => {
      this.emitFile({ type: 'asset', fileName, source: readFileSync(join(folder, from)) });
    };
    emit('manifest.json', MANIFEST);
    for (const picture of PICTURES) emit(picture, picture);
  },
  transformIndexHtml: {
    // After Vite has given the files that a page names other names.
    order: 'post',
    handler: (_html, { path }) =>
      path.endsWith('/index.html')
        ? [
            { tag: 'link', attrs: { rel: 'manifest', href: `./${MANIFEST}` }, injectTo: 'head' },
            {
              tag: 'link',
              attrs: { rel: 'apple-touch-icon', href: './icons/icon-192.png' },
              injectTo: 'head',
            },
          ]
        : [],
  },
});
