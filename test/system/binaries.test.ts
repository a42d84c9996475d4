import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { CheckedBinary } from '../../server/runtime/native/native-binaries.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { repositoryRoot, serverEntry } from '../support/paths.ts';
import { failedStart, ServerProcess, ServerRun } from '../support/server-process.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';

const modules = join(repositoryRoot, 'node_modules');
const uwsFile = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;

const checkedBy = async (run: ServerRun): Promise<readonly CheckedBinary[]> => {
  const line = await run.line('binaries.checked');
  return line['binaries'] as readonly CheckedBinary[];
};

const noMaps = process.platform === 'linux' ? false : 'not run: only Linux tells what a process has loaded';
test(
  'a server has loaded no compiled code but what it compared at its start',
  { skip: noMaps },
  async (t) => {
    const server = await ServerProcess.start(t, { PARLEY_SHARDS: '1' });
    // The thread that hashes loads argon2, those that read and write load SQLite.
    await ChatClient.register(t, server, freshName('native'));
    const checked = (await checkedBy(server.run)).map(({ file }) => realpathSync(file));
    const maps = readFileSync(`/proc/${String(server.run.pid)}/maps`, 'utf8');
    const loaded = [...new Set([...maps.matchAll(/\s(\/\S+\.node)$/gm)].map(([, file = '']) => file))];
    assert.ok(loaded.length >= 3, loaded.join(', '));
    assert.deepEqual(
      loaded.filter((file) => !checked.includes(file)),
      [],
    );
  },
);

/** The bundle beside a `node_modules` of its own, in which uWebSockets.js has one byte too many. */
const withChangedBinary = (scope: Scope): { entry: string; binary: string } => {
  const root = tempDir(scope);
  const bundle = join(root, 'dist/bundle');
  cpSync(dirname(serverEntry), bundle, { recursive: true });
  const folder = join(root, 'node_modules');
  mkdirSync(folder);
  for (const name of readdirSync(modules)) {
    if (name !== 'uWebSockets.js' && !name.startsWith('.'))
      symlinkSync(join(modules, name), join(folder, name));
  }
  const copied = join(folder, 'uWebSockets.js');
  mkdirSync(copied);
  for (const file of ['package.json', 'uws.js', uwsFile]) {
    cpSync(join(modules, 'uWebSockets.js', file), join(copied, file));
  }
  const binary = join(copied, uwsFile);
  // Behind the end of the program, where the loader does not look: it still runs.
  appendFileSync(binary, '\0');
  return { entry: join(bundle, 'main.js'), binary };
};

const run = (scope: Scope, entry: string, settings: Readonly<Record<string, string>> = {}): ServerRun => {
  const dataDir = tempDir(scope);
  const server = new ServerRun({ PARLEY_PORT: '0', PARLEY_DATA_DIR: dataDir, ...settings }, dataDir, entry);
  scope.after(async () => {
    await server.kill();
  });
  return server;
};

test('a changed binary stops the start before it is loaded; with its sum the operator lets it run', async (t) => {
  const { entry, binary } = withChangedBinary(t);
  const refused = run(t, entry);
  assert.equal((await refused.exited).code, 74);
  const [, found = ''] = /has the SHA-256 ([0-9a-f]{64}), expected [0-9a-f]{64}/.exec(refused.output) ?? [];
  assert.ok(refused.output.includes(`Parley can't run: ${binary} has the SHA-256 ${found}`), refused.output);
  assert.doesNotMatch(refused.output, /\n\s+at /, 'a sentence, no stack');

  const accepted = run(t, entry, { PARLEY_ACCEPT_BINARIES: found.toUpperCase() });
  await accepted.listening();
  const uws = (await checkedBy(accepted)).find(({ file }) => file.endsWith(uwsFile));
  assert.equal(uws?.source, 'accepted by the operator');
});

test('a Node that no binary is made for stops the start with one line that names those that there are', async (t) => {
  const dataDir = tempDir(t);
  const other =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, modules: '131' } })";
  const settings = {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(other)}`,
    PARLEY_DATA_DIR: dataDir,
  };
  const { code, output } = await failedStart(t, settings);
  assert.equal(code, 74, output);
  const sentences = output.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  assert.equal(sentences.length, 1, output);
  assert.match(
    sentences[0] ?? '',
    /^Parley can't run: uWebSockets\.js has no known binary for Node \S+ on .*: Parley needs Node 20, 22 or 24$/,
  );
  assert.deepEqual(readdirSync(dataDir), [], 'nothing was made there');
});
