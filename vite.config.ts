import { existsSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { checkBundle } from './scripts/check-bundle.ts';
import { offlineClient } from './scripts/offline-client.ts';
import { referenceStyles } from './scripts/reference-styles.ts';
import { thirdPartyNotices } from './scripts/third-party-notices.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** The helper through which Vite imports a part looks for styles to load before it. There are none: every element brings its own. */
const plainImports = (): Plugin => ({
  name: 'parley:plain-imports',
  enforce: 'pre',
  load: (id) =>
    id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : null,
});

/** A style sheet without what only its readers need. */
const denseCss = (css: string): string =>
  css
    .replace(/\/\*[^*]*\*\//g, '')
    .replace(/\s*([{};,])\s*/g, '$1')
    .replace(/:\s+/g, ':')
    .replaceAll(';}', '}');

/** Style sheets and the indentation of markup, inside their templates. A line break of markup stays one: it is white space all the
 *  same. */
const denseTemplates = (): Plugin => ({
  name: 'parley:dense-templates',
  transform: {
    filter: { id: /\/ui\/(elements|styles)\// },
    handler: (code) => code.replace(/\bcss`[^`]*`/g, (sheet) => denseCss(sheet)).replace(/^\s+/gm, ''),
  },
});

/** The page of the desktop window: another entry. */
const desktopPage = (): Plugin => ({
  name: 'parley:desktop-page',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) => html.replace('./main.ts', './desktop.ts'),
  },
});

/** What the first page shares with parts that are loaded later, each with everything that it imports. They make one file, since
 *  many small ones compress badly. */
const SHARED = [
  'server/protocol/fields.ts',
  'server/protocol/limits.ts',
  'ui/app/app.ts',
  'ui/platform/browser.ts',
  'ui/model/selectors.ts',
  'ui/model/text/code-points.ts',
  'ui/account/unsendable.ts',
  'ui/styles/base.ts',
  'ui/styles/controls.ts',
  'ui/elements/shared/delivery-icons.ts',
  'ui/elements/shared/icon-url.ts',
  'ui/elements/shared/icons.ts',
  'ui/elements/shared/layer.ts',
  'ui/elements/shared/load-part.ts',
  'ui/elements/shared/missing-part.ts',
  'ui/elements/shared/person-avatar.ts',
  'ui/elements/shared/render-within.ts',
  'ui/elements/shared/shortcuts.ts',
  'ui/elements/shared/window-focus.ts',
  'ui/elements/shared/words.ts',
  'ui/elements/shared/writing-keys.ts',
  'ui/elements/conversation/dropped-files.ts',
  'ui/elements/conversation/row-markers.ts',
  'ui/elements/screen/load-conversation.ts',
];
const lost = SHARED.filter((file) => !existsSync(file));
if (lost.length > 0) throw new Error(`vite.config.ts lists files that are not there: ${lost.join(', ')}`);

const LIT = /\/node_modules\/(@lit|@lit-labs|lit|lit-element|lit-html)\//;
const isShared = (id: string): boolean => LIT.test(id) || SHARED.some((file) => id.endsWith(`/${file}`));

/** The client, for the browser or (`--mode desktop`) for the desktop window, with no inline script or style so that the
 *  content security policy needs no exception. Only the second holds anything of Neutralino. */
export default defineConfig(({ mode }) => {
  const desktop = mode === 'desktop';
  const folder = desktop ? 'dist/desktop-ui' : 'dist/ui';
  return {
    root: 'ui',
    base: './',
    publicDir: false,
    define: { __PARLEY_VERSION__: JSON.stringify(version) },
    plugins: [
      thirdPartyNotices(),
      plainImports(),
      denseTemplates(),
      ...(desktop ? [desktopPage()] : [offlineClient('sw.ts'), referenceStyles(denseCss)]),
      checkBundle(folder, desktop ? 'desktop' : 'web'),
    ],
    build: {
      outDir: `../${folder}`,
      emptyOutDir: true,
      target: ['chrome120', 'safari17.4', 'firefox121'],
      assetsInlineLimit: 0,
      // Its helper is a kilobyte of the first load, and saves one round trip to what is loaded later.
      modulePreload: false,
      sourcemap: false,
      rolldownOptions: {
        // Schemas are values without side effects: the client checks fields by plain functions and ships none of them.
        // The admin page is a page of its own: the chat loads nothing of it.
        ...(desktop ? {} : { input: { index: 'ui/index.html', admin: 'ui/admin.html' } }),
        output: { codeSplitting: { groups: [{ name: 'shared', test: isShared }] } },
        treeshake: {
          manualPureFunctions: [
            'z',
            'string',
            'check',
            'regex',
            'int',
            'minimum',
            'directive',
            ...(desktop ? ['Object.freeze'] : []),
          ],
          // Of the signals only the watcher of an element is used, not the directives.
          moduleSideEffects: [
            { test: /signals\/lib\/(watch|html-tag)\.js$|async-directive\.js$/, sideEffects: false },
          ],
        },
      },
    },
  };
});
