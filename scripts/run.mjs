import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { ExpectedError, main } from './command.mjs';
import { root } from './root.mjs';

/**
 * A command whose code has to be compiled first.
 * @typedef {object} Command
 * @property {readonly import('./parts.mjs').PartName[]} parts what is built before it runs
 * @property {string} module
 * @property {boolean} [runsPruned] whether it runs as it is in a copy that was pruned to what the service needs
 */

/** By the names that package.json gives them. What a command does and takes is said where its module begins.
 *  @type {Readonly<Record<string, Command>>} */
const COMMANDS = {
  start: { parts: ['server', 'ui'], module: 'dist/bundle/main.js' },
  parley: { parts: ['server'], module: 'dist/bundle/cli.js', runsPruned: true },

  cluster: { parts: ['scripts', 'server', 'ui'], module: 'dist/tools/scripts/cluster.js' },
  simulate: { parts: ['client'], module: 'dist/client/test/simulation/command.js' },
  soak: { parts: ['tests'], module: 'dist/test/soak/command.js' },
  'test:crash': { parts: ['tests'], module: 'dist/test/crash/command.js' },
  'fixture:backup': { parts: ['tests'], module: 'dist/test/backup/command.js' },
  'fixture:upgrade': { parts: ['tests'], module: 'dist/test/upgrade/command.js' },
  'test:faults': { parts: ['tests'], module: 'dist/test/faults/command.js' },
  'test:hosts': { parts: ['tests'], module: 'dist/test/hosts/command.js' },

  perf: { parts: ['tests', 'ui'], module: 'dist/perf/main.js' },
  'perf:compare': { parts: ['tests', 'ui'], module: 'dist/perf/compare.js' },
  'perf:client': { parts: ['tests', 'ui'], module: 'dist/perf/browser-cost.js' },
  'perf:guard': { parts: ['tests', 'ui'], module: 'dist/perf/guard.js' },
  'perf:reconnects': { parts: ['tests', 'ui', 'server'], module: 'dist/perf/reconnects.js' },
  'perf:notices': { parts: ['tests', 'ui', 'server'], module: 'dist/perf/notices.js' },
  'perf:hosts': { parts: ['tests', 'ui', 'server'], module: 'dist/perf/hosts.js' },
  'perf:admin-page': { parts: ['tests', 'ui', 'server'], module: 'dist/perf/admin-page.js' },
  'perf:idle-hosts': { parts: ['tests', 'ui', 'server'], module: 'dist/perf/idle-hosts.js' },
  'perf:stores': { parts: ['tests', 'ui', 'server'], module: 'dist/perf/stores.js' },
  'perf:uploads': { parts: ['tests', 'ui', 'server'], module: 'dist/perf/uploads.js' },
  'perf:usable-list': { parts: ['tests', 'ui', 'server'], module: 'dist/perf/usable-list.js' },
  'perf:move': { parts: ['tests', 'server'], module: 'dist/perf/move.js' },

  desktop: { parts: ['scripts', 'desktop'], module: 'dist/tools/scripts/desktop.js' },
  'desktop:build': { parts: ['scripts', 'desktop'], module: 'dist/tools/scripts/desktop-build.js' },
  'package:deb': { parts: ['scripts'], module: 'dist/tools/scripts/package-deb.js' },
  'package:mac': { parts: ['scripts'], module: 'dist/tools/scripts/package-mac.js' },
  'package:windows': { parts: ['scripts'], module: 'dist/tools/scripts/package-windows.js' },
  'package:server': {
    parts: ['scripts', 'server', 'ui', 'desktop'],
    module: 'dist/tools/scripts/package-server.js',
  },
  'package:server-deb': {
    parts: ['scripts', 'server', 'ui', 'desktop'],
    module: 'dist/tools/scripts/package-server-deb.js',
  },

  icons: { parts: ['scripts'], module: 'dist/tools/scripts/icons.js' },
  'lint:documents': { parts: ['scripts'], module: 'dist/tools/scripts/lint-documents.js' },
  'lint:workflows': { parts: ['scripts'], module: 'dist/tools/scripts/lint-workflows.js' },
  'native-binaries': { parts: ['scripts'], module: 'dist/tools/scripts/native-binaries.js' },
  sbom: { parts: ['scripts', 'server', 'ui', 'desktop'], module: 'dist/tools/scripts/sbom.js' },
  'test:nodes': { parts: ['scripts', 'server'], module: 'dist/tools/scripts/test-nodes.js' },
  'test:going-back': {
    parts: ['scripts', 'server', 'ui', 'desktop'],
    module: 'dist/tools/scripts/test-going-back.js',
  },
  'test:packages': { parts: ['scripts', 'server', 'ui'], module: 'dist/tools/scripts/test-packages.js' },
  'test:container': { parts: ['scripts'], module: 'dist/tools/scripts/test-container.js' },
  screenshots: { parts: ['scripts', 'server', 'ui'], module: 'dist/tools/scripts/screenshots.js' },
};

/** Whether nothing can be built here: a service that was pruned to what it runs. Its packages must stay as they are, for a
 *  server may be running on them. */
const isPruned = (/** @type {string} */ module) =>
  existsSync(join(root, module)) && !existsSync(join(root, 'node_modules/vite'));

/** `node scripts/run.mjs COMMAND [ARGUMENT …]`: builds what is stale and runs the command in this very process, so that a signal
 *  meant for it reaches it. The command sees its arguments where it would see them without this file. */
await main(async () => {
  const [name = ''] = process.argv.splice(2, 1);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new ExpectedError(`There is no command ${name}: choose of ${Object.keys(COMMANDS).join(', ')}.`);
  }
  if (command.runsPruned !== true || !isPruned(command.module)) await build(...command.parts);
  await import(pathToFileURL(join(root, command.module)).href);
});
