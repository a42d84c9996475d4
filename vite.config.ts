import { existsSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { checkBundle } from './scripts/check-bundle.ts';
import { brotliFiles } from './scripts/brotli-files.ts';
import { emojiData } from './scripts/emoji-data.ts';
import { earlyParts } from './scripts/early-parts.ts';
import { elementStyles } from './scripts/element-styles.ts';
import { installable } from './scripts/installable.ts';
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
    .replace(/\/\*[^]*?\*\//g, '')
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

/** What the list, a conversation and the login show has its styles in a file of CSS, which is loaded beside the first script. */
const STYLES = [
  'ui/styles/base.ts',
  'ui/styles/bubble.ts',
  'ui/styles/chat-screen.ts',
  'ui/styles/controls.ts',
  'ui/styles/fields.ts',
  'ui/styles/login.ts',
  'ui/styles/message-list.ts',
  'ui/elements/conversation/conversation-header.ts',
  'ui/elements/conversation/conversation-view.ts',
  'ui/styles/message-input.ts',
  'ui/elements/list/user-item.ts',
  'ui/elements/list/user-list.ts',
  'ui/elements/screen/parley-app.ts',
  'ui/elements/shared/missing-part.ts',
  'ui/elements/shared/person-avatar.ts',
];

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
  'ui/app/app.ts',
  'ui/platform/browser.ts',
  'ui/model/person.ts',
  'ui/model/selectors.ts',
  'ui/model/text/attachment-words.ts',
  'ui/model/text/file-name.ts',
  'ui/model/text/graphemes.ts',
  'ui/net/backoff.ts',
  'ui/account/unsendable.ts',
  'ui/styles/base.ts',
  'ui/styles/built-sheets.ts',
  'ui/styles/controls.ts',
  'ui/elements/shared/delivery-icons.ts',
  'ui/elements/shared/icon-url.ts',
  'ui/elements/shared/icons.ts',
  'ui/elements/shared/load-part.ts',
  'ui/elements/shared/message-text.ts',
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
/** The same for what a conversation shares with the login and with parts that are loaded later, but not with the list. */
const TALK = [
  'server/protocol/fields.ts',
  'server/protocol/limits.ts',
  'ui/history/row-window.ts',
  'ui/model/text/code-points.ts',
  'ui/elements/shared/layer.ts',
  'ui/elements/shared/more-icons.ts',
];
const lost = [...SHARED, ...TALK].filter((file) => !existsSync(file));
if (lost.length > 0) throw new Error(`vite.config.ts lists files that are not there: ${lost.join(', ')}`);

/** All of Lit but what only the settings use. */
const LIT = /\/node_modules\/(@lit|@lit-labs|lit|lit-element|lit-html)\/(?!.*\/live\.js$)/;
const isOneOf =
  (files: readonly string[]) =>
  (id: string): boolean =>
    files.some((file) => id.endsWith(`/${file}`));
const isShared = (id: string): boolean => LIT.test(id) || isOneOf(SHARED)(id);

/** The client, for the browser or (`--mode desktop`) for the desktop window, with no inline script or style so that the
 *  content security policy needs no exception. Only the second holds anything of Neutralino. */
export default defineConfig(({ mode }) => {
  const desktop = mode === 'desktop';
  const folder = desktop ? 'dist/desktop-ui' : 'dist/ui';
  return {
    root: 'ui',
    base: './',
    publicDir: false,
    // The second is asked for by the signals, which hold sentences for their own developers.
    define: { __PARLEY_VERSION__: JSON.stringify(version), ngDevMode: 'false' },
    plugins: [
      thirdPartyNotices(['emojibase-data']),
      emojiData(),
      plainImports(),
      denseTemplates(),
      ...(desktop
        ? [desktopPage()]
        : [
            elementStyles(STYLES, denseCss),
            earlyParts(),
            installable('ui'),
            offlineClient('sw.ts'),
            referenceStyles(denseCss),
            brotliFiles(folder),
          ]),
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
        ...(desktop ? {} : { input: { index: 'ui/index.html', admin: 'ui/admin.html', boot: 'ui/boot.ts' } }),
        output: {
          codeSplitting: {
            groups: [
              { name: 'shared', test: isShared, priority: 1 },
              { name: 'talk', test: isOneOf(TALK) },
            ],
          },
        },
        treeshake: {
          manualPureFunctions: [
            'z',
            'string',
            'check',
            'regex',
            'int',
            'minimum',
            'directive',
            'trimmed',
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
