import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { UNBUNDLED } from './scripts/server-package/unbundled.ts';
import { thirdPartyNotices } from './scripts/third-party-notices.ts';

const ENTRIES = ['main', 'writer', 'shard', 'helper', 'cli'];

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** The server: one file for each thread and for the operator's command, and what they share beside them. Some two hundred
 *  modules one by one, again in every thread, are the longest part of a start. What `UNBUNDLED` names
 *  stays in node_modules. */
export default defineConfig({
  publicDir: false,
  define: { __PARLEY_VERSION__: JSON.stringify(version) },
  plugins: [thirdPartyNotices()],
  ssr: {
    noExternal: true,
    external: [...UNBUNDLED],
  },
  build: {
    ssr: true,
    outDir: 'dist/bundle',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: Object.fromEntries(ENTRIES.map((name) => [name, `server/${name}.ts`])),
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
