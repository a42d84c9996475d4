import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { offlineClient } from './scripts/offline-client.mjs';
import { thirdPartyNotices } from './scripts/third-party-notices.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** The build fails when what it made is too large, does not parse, or needs an exception from the policy. */
const checked = (folder: string, kind: string): Plugin => ({
  name: 'parley:check-bundle',
  // Not `closeBundle`: that comes after a failure too, and would hide it.
  writeBundle: {
    sequential: true,
    order: 'post',
    handler() {
      execFileSync(process.execPath, ['scripts/check-bundle.mjs', folder, kind], { stdio: 'inherit' });
    },
  },
});

/** The helper through which Vite imports a part looks for styles to load before it. There are none: every element brings its own. */
const plainImports = (): Plugin => ({
  name: 'parley:plain-imports',
  enforce: 'pre',
  load: (id) =>
    id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : null,
});

/** Comments and indentation inside the templates of styles and markup. A line break stays one: it is white space all the same. */
const denseTemplates = (): Plugin => ({
  name: 'parley:dense-templates',
  transform: {
    filter: { id: /\/ui\/(elements|styles)\// },
    handler: (code) => code.replace(/^\s+/gm, '').replace(/^\/\*[^*]*\*\/$/gm, ''),
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
      desktop ? desktopPage() : offlineClient('sw.ts'),
      checked(folder, desktop ? 'desktop' : 'web'),
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
        // What the first page shares with parts that are loaded later: one file, not nine small ones that compress badly.
        output: {
          advancedChunks: {
            groups: [
              {
                name: 'shared',
                test: /lit|server\/protocol\/(fields|limits|version|errors)|ui\/(net\/(?!find-server|server-address)|shell\/(?!worker-notice|copy-text)[\w-]+\.ts|state(?!\/(list-over-http|reloads|lookup|message-search|sessions|invitation|text\/(links|telephone|fold|rows|row-window|blank-lines)))|elements\/(words|icons|person-avatar|emit|query|shortcuts|attention|writing-keys|missing-part|load-part|render-within|dropped-files|icon-url|layer)|styles\/(base|controls)|strings\/(strings|locale|use-language|common-strings|talk-strings|desktop-strings|direction)\.)/,
              },
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
