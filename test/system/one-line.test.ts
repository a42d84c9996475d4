import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process, { execPath } from 'node:process';
import { test } from 'node:test';
import { expectStatus } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { serverEntry } from '../support/paths.ts';
import { failedStart, ServerProcess, type LogLine } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { UnreadServer } from '../support/unread-server.ts';

/** What an operator finds in the log after something went wrong: one line that says so, at a level that is looked at. */
const WARN = 40;
const warningsIn = (output: string): readonly LogLine[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine)
    .filter(({ level }) => Number(level) >= WARN);
/** Sentences for whoever started the server, on stderr. */
const sentencesIn = (output: string): readonly string[] =>
  output.split('\n').filter((line) => line !== '' && !line.startsWith('{'));

const started: readonly (readonly [msg: string, settings: Record<string, string>, reason: RegExp])[] = [
  ['config.unknown-variable', { PARLEY_HEARTBEATS: '5' }, /did you mean PARLEY_HEARTBEAT_S/],
  ['config.warning', { PARLEY_SHARDS: '64' }, /64 actor threads on \d+ cores.* 768 MB/],
];
for (const [msg, settings, reason] of started) {
  test(`${msg}: the server starts, and one line warns`, async (t) => {
    const server = await ServerProcess.start(t, settings);
    const lines = warningsIn(server.run.output);
    assert.deepEqual(
      lines.map((line) => line.msg),
      [msg],
    );
    assert.equal(lines[0]?.['name'], Object.keys(settings)[0]);
    assert.match(String(lines[0]?.['reason']), reason);
  });
}

test('a start that is refused: one line in the log, one sentence on stderr', async (t) => {
  const taken = await ServerProcess.start(t);
  const refused: readonly (readonly [Record<string, string>, number, RegExp])[] = [
    [{ PARLEY_PORT: new URL(taken.url).port }, 74, /PARLEY_PORT: port \d+ on 127\.0\.0\.1 can't be had/],
    [{ PARLEY_DATA_DIR: taken.dataDir }, 74, /another Parley server uses the data directory/],
    [{ PARLEY_DATA_DIR: '/dev/null' }, 78, /PARLEY_DATA_DIR: /],
  ];
  for (const [settings, exitCode, reason] of refused) {
    const { code, output } = await failedStart(t, settings);
    assert.equal(code, exitCode, output);
    const [line, ...others] = warningsIn(output);
    assert.deepEqual([line?.msg, line?.['level'], others], ['refused', 60, []]);
    assert.match(String(line?.['reason']), reason);
    const [sentence, ...more] = sentencesIn(output);
    assert.deepEqual([sentence, more], [`Parley can't run: ${String(line?.['reason'])}`, []]);
  }
});

test('wrong settings: one sentence each on stderr, which names the variable', async (t) => {
  const { code, output } = await failedStart(t, { PARLEY_DATA_DIR: '~nobody/parley', PARLEY_PORT: 'x' });
  assert.equal(code, 78);
  assert.deepEqual(warningsIn(output), []);
  assert.deepEqual(
    sentencesIn(output)
      .map((each) => each.split(' ')[0])
      .sort(),
    ['PARLEY_DATA_DIR', 'PARLEY_PORT'],
  );
});

test('a data directory with one file of another account: the line names the file, its owner and what to do', (t) => {
  if (process.geteuid?.() !== 0 || spawnSync('setpriv', ['--version']).status !== 0) {
    t.skip('only root, with util-linux’s `setpriv`, can start a server as another account');
    return;
  }
  const dir = tempDir(t);
  chmodSync(dir, 0o700);
  const file = join(dir, 'parley.db');
  writeFileSync(file, '', { mode: 0o600 });
  chownSync(dir, 65_534, 65_534);
  const as = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];
  const env = { PATH: process.env['PATH'], PARLEY_DATA_DIR: dir, PARLEY_PORT: '0' };
  if (spawnSync('setpriv', [...as, 'test', '-r', serverEntry], { env }).status !== 0) {
    t.skip('another account may not read this repository');
    return;
  }
  const { status, stdout, stderr } = spawnSync('setpriv', [...as, execPath, serverEntry], {
    env,
    encoding: 'utf8',
    cwd: '/',
  });
  assert.equal(status, 74, stderr);
  const [line, ...others] = warningsIn(stdout);
  assert.deepEqual([line?.msg, others], ['refused', []]);
  assert.ok(String(line?.['reason']).includes(`${file} belongs to user root`), stdout);
  assert.match(String(line?.['reason']), /chown -R 65534/);
});

test('to the journal each line goes with its priority, and to anything else without', async (t) => {
  const journal = await UnreadServer.start(t, 'pipe', { JOURNAL_STREAM: 'own', PARLEY_HEARTBEATS: '5' });
  const other = await UnreadServer.start(t, 'pipe', { JOURNAL_STREAM: '1:2' });
  for (const { url } of [journal, other]) expectStatus(await http('GET', `${url}/users/me`), 401);
  const isRefused = (server: UnreadServer) => () => server.text().includes('auth.refused');
  await eventually('the line in the journal', isRefused(journal));
  await eventually('the line elsewhere', isRefused(other));
  const lines = journal.text().trim().split('\n');
  assert.deepEqual(
    lines.filter((line) => !/^<[0-7]>(?:\{"level":|Parley is ready|Nobody has an account yet)/.test(line)),
    [],
  );
  const priorityOf = (msg: string) => /^<(\d)>/.exec(lines.find((line) => line.includes(msg)) ?? '')?.[1];
  assert.deepEqual(['"listening"', 'unknown-variable', 'Parley is ready'].map(priorityOf), ['6', '4', '6']);
  assert.doesNotMatch(other.text(), /^<\d>/m);
});
