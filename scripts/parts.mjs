/**
 * Something that can be built.
 * @typedef {object} Part
 * @property {string} name
 * @property {string} title says on the terminal what is being done
 * @property {readonly string[]} inputs files and folders: a change in one makes the part stale
 * @property {readonly string[]} outputs files that prove that it was built
 * @property {readonly string[]} command arguments for Node
 * @property {string} [notes] what an incremental build keeps beside its output
 * @property {readonly string[]} [mirrored] folders whose compiled files mirror them in `dist/`
 * @property {readonly PartName[]} [also] parts that it cannot do without
 */
/** @typedef {'server' | 'tests' | 'client' | 'scripts' | 'ui' | 'desktop'} PartName */

/**
 * The configurations themselves write nothing: they are what `npm run typecheck` and editors use.
 * @param {string} config
 * @param {string} outDir
 * @param {string} notes
 */
const tsc = (config, outDir, notes) => [
  'node_modules/typescript/bin/tsc',
  ...['-p', config, '--noEmit', 'false', '--outDir', outDir, '--tsBuildInfoFile', notes],
];
/** @param {readonly string[]} options */
const vite = (...options) => ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', ...options];

const packages = ['package.json', 'package-lock.json'];
const notices = 'scripts/third-party-notices.ts';
const clientInputs = [
  ...[...packages, 'tsconfig.base.json', 'vite.config.ts'],
  ...[
    'scripts/check-bundle.ts',
    'scripts/installable.ts',
    'scripts/offline-client.ts',
    'scripts/reference-styles.ts',
    notices,
  ],
  ...['ui', 'server/protocol'],
];

/** @type {Readonly<Record<PartName, Part>>} */
export const PARTS = {
  server: {
    name: 'server',
    title: 'Building the server',
    inputs: [
      ...[...packages, 'tsconfig.base.json', 'vite.server.config.ts'],
      ...['scripts/server-package/unbundled.ts', notices, 'server'],
    ],
    outputs: ['dist/bundle/main.js', 'dist/bundle/third-party-notices.txt'],
    command: vite('--config', 'vite.server.config.ts'),
  },
  tests: {
    name: 'tests',
    title: 'Building the tests of the server',
    inputs: [
      ...['package-lock.json', 'tsconfig.base.json', 'tsconfig.test.json'],
      ...['server', 'test', 'perf', 'ui', 'scripts'],
    ],
    outputs: ['dist/server/main.js', 'dist/test/architecture.test.js'],
    command: tsc('tsconfig.test.json', 'dist', 'dist/test.tsbuildinfo'),
    notes: 'dist/test.tsbuildinfo',
    mirrored: ['server', 'test', 'perf'],
    also: ['server'],
  },
  client: {
    name: 'client',
    title: 'Building the tests of the client',
    inputs: [
      ...['package-lock.json', 'tsconfig.base.json', 'tsconfig.test-client.json'],
      ...['ui', 'server', 'test/ui', 'test/simulation', 'test/support'],
    ],
    outputs: ['dist/client/test/ui/model/apply.test.js', 'dist/client/test/simulation/command.js'],
    command: tsc('tsconfig.test-client.json', 'dist/client', 'dist/client.tsbuildinfo'),
    notes: 'dist/client.tsbuildinfo',
  },
  scripts: {
    name: 'scripts',
    title: 'Compiling the scripts',
    inputs: ['package-lock.json', 'tsconfig.base.json', 'scripts', 'server', 'test/support', 'perf/machine'],
    outputs: ['dist/tools/scripts/desktop.js'],
    // Unchecked: it takes a second and not ten, and a mistake in the server does not keep anybody from packing the app.
    command: [...tsc('scripts/tsconfig.json', 'dist/tools', 'dist/tools.tsbuildinfo'), '--noCheck'],
    notes: 'dist/tools.tsbuildinfo',
  },
  ui: {
    name: 'ui',
    title: 'Building the web client',
    inputs: clientInputs,
    outputs: ['dist/ui/index.html'],
    command: vite(),
  },
  desktop: {
    name: 'desktop',
    title: 'Building the client of the desktop app',
    inputs: clientInputs,
    outputs: ['dist/desktop-ui/index.html'],
    command: vite('--mode', 'desktop'),
  },
};
