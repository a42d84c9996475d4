import { execFileSync } from 'node:child_process';
import { defineConfig, type Plugin } from 'vite';
import { offlineClient } from './scripts/offline-client.mjs';

/** The build fails when what it made is too large, does not parse, or needs an exception from the policy. */
const checked = (): Plugin => ({
  name: 'parley:check-bundle',
  // Not `closeBundle`: that comes after a failure too, and would hide it.
  writeBundle: {
    sequential: true,
    order: 'post',
    handler() {
      execFileSync(process.execPath, ['scripts/check-bundle.mjs'], { stdio: 'inherit' });
    },
  },
});

/** The client: one build for the browser and the desktop window, with no inline script or style so that the
 *  server's content security policy needs no exception. */
export default defineConfig({
  root: 'ui',
  base: './',
  publicDir: false,
  plugins: [offlineClient('sw.ts'), checked()],
  build: {
    outDir: '../dist/ui',
    emptyOutDir: true,
    target: ['chrome120', 'safari17.4', 'firefox121'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: {
      // Schemas are values without side effects: the client checks fields by plain functions and ships none of them.
      treeshake: { manualPureFunctions: ['z', 'string', 'check', 'regex', 'int', 'minimum'] },
    },
  },
});
