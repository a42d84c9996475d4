import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode, install, isInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { runStep } from './run-step.mjs';
import { main } from './say.mjs';
import { stampOf } from './stamp.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const tsc = (config) => ['node_modules/typescript/bin/tsc', '-p', config];
const always = ['package-lock.json', 'tsconfig.base.json', 'tsconfig.json'];
const vite = (...options) => ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', ...options];

/** What can be built. `sources`: folders whose compiled files mirror them in dist/. `also`: parts it can't do without. */
const PARTS = {
  server: {
    name: 'server',
    title: 'Building the server',
    inputs: [...always, 'package.json', 'vite.server.config.ts', 'scripts/third-party-notices.mjs', 'server'],
    outputs: ['dist/bundle/main.js', 'dist/bundle/third-party-notices.txt'],
    command: vite('--config', 'vite.server.config.ts'),
    sources: [],
    also: [],
  },
  tests: {
    name: 'tests',
    title: 'Building the tests of the server',
    inputs: [...always, 'tsconfig.test.json', 'server', 'test', 'perf', 'ui'],
    outputs: ['dist/server/main.js', 'dist/test/architecture.test.js'],
    command: tsc('tsconfig.test.json'),
    info: 'dist/test.tsbuildinfo',
    sources: ['server', 'test', 'perf'],
    also: ['server'],
  },
  client: {
    name: 'client',
    title: 'Building the tests of the client',
    needs: 'tsconfig.ui.json',
    inputs: [
      'package-lock.json',
      'tsconfig.base.json',
      'tsconfig.ui.json',
      'ui',
      'server',
      'test/ui',
      'test/simulation',
      'test/support',
    ],
    outputs: ['dist/client/test/ui/apply.test.js', 'dist/client/test/simulation/command.js'],
    command: tsc('tsconfig.ui.json'),
    info: 'dist/client.tsbuildinfo',
    sources: [],
    also: [],
  },
  ui: {
    name: 'ui',
    title: 'Building the web client',
    needs: 'vite.config.ts',
    inputs: [
      'package.json',
      'package-lock.json',
      'tsconfig.base.json',
      'vite.config.ts',
      'scripts/check-bundle.mjs',
      'scripts/offline-client.mjs',
      'scripts/third-party-notices.mjs',
      'ui',
      'server/protocol',
    ],
    outputs: ['dist/ui/index.html'],
    command: vite(),
    sources: [],
    also: [],
  },
  desktop: {
    name: 'desktop',
    title: 'Building the client of the desktop app',
    needs: 'neutralino.config.json',
    inputs: [
      'package.json',
      'package-lock.json',
      'tsconfig.base.json',
      'vite.config.ts',
      'scripts/check-bundle.mjs',
      'scripts/third-party-notices.mjs',
      'ui',
      'server/protocol',
    ],
    outputs: ['dist/desktop-ui/index.html'],
    command: vite('--mode', 'desktop'),
    sources: [],
    also: [],
  },
};

/** Compiled files whose source is gone: a deleted test must not go on running. */
const prune = (source) => {
  const out = join(root, 'dist', source);
  if (!existsSync(out)) return;
  for (const entry of readdirSync(out, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.js(\.map)?$/.test(entry.name)) continue;
    const compiled = join(entry.parentPath ?? entry.path, entry.name);
    const from = relative(join(root, 'dist'), compiled).replace(/\.js(\.map)?$/, '.ts');
    if (!existsSync(join(root, from))) rmSync(compiled);
  }
};

const build = async (part) => {
  const finish = stampOf(root, part).begin();
  // An incremental build trusts its notes, not the folder: without the outputs the notes are wrong.
  if (part.info !== undefined && !part.outputs.every((output) => existsSync(join(root, output)))) {
    rmSync(join(root, part.info), { force: true });
  }
  await runStep(part.title, process.execPath, part.command, root);
  part.sources.forEach(prune);
  finish();
};

/** Installs what is missing and builds those of the named parts that are stale, once for all who ask at the same time.
 *  Costs a few milliseconds when there is nothing to do. */
export const prepare = async (...names) => {
  checkNode();
  const parts = [...new Set(names.flatMap((name) => [name, ...PARTS[name].also]))]
    .map((name) => PARTS[name])
    .filter(({ needs }) => needs === undefined || existsSync(join(root, needs)));
  const isReady = () => isInstalled(root) && parts.every((part) => stampOf(root, part).isFresh());
  if (isReady()) return;
  await withLock(join(root, 'dist/.lock'), async () => {
    if (!isInstalled(root)) await install(root);
    for (const part of parts) {
      if (!stampOf(root, part).isFresh()) await build(part);
    }
  });
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => prepare(...(process.argv.length > 2 ? process.argv.slice(2) : ['server', 'ui'])));
}
