import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env as ownEnvironment, execPath } from 'node:process';
import { test } from 'node:test';
import { freePort } from '../../perf/machine/free-port.ts';
import { twoPeople } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { repositoryRoot, serverEntry } from '../support/paths.ts';
import { say } from '../support/say.ts';
import { tempDir } from '../support/temp-dir.ts';

const START_MS = 60_000;

/** Asked for on the way, and done without where they are refused: memory keys by V8, and by SQLite only when it runs as root. */
const DISPENSABLE = ['pkey_alloc', 'fchown'];

/** The system calls of a set, sets within it included. */
const callsOf = (set: string): readonly string[] =>
  spawnSync('systemd-analyze', ['syscall-filter', '--no-pager', set], { encoding: 'utf8' })
    .stdout.split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((name) => (name.startsWith('@') ? callsOf(name) : [name]));

/** What the unit's SystemCallFilter lines let through. */
const allowedByUnit = (): ReadonlySet<string> => {
  const unit = readFileSync(join(repositoryRoot, 'deploy/parley.service'), 'utf8');
  const allowed = new Set(callsOf('@default'));
  for (const [, without = '', sets = ''] of unit.matchAll(/^SystemCallFilter=(~?)(.+)$/gm)) {
    for (const name of sets.split(' ').flatMap(callsOf)) {
      if (without === '~') allowed.delete(name);
      else allowed.add(name);
    }
  }
  return allowed;
};

test('the server makes no system call that deploy/parley.service forbids', async (t) => {
  for (const program of ['systemd-analyze', 'strace']) {
    if (spawnSync(program, ['--version']).error !== undefined) {
      t.skip(`${program} is not installed`);
      return;
    }
  }
  const dir = tempDir(t);
  const port = String(await freePort());
  const summary = join(dir, 'calls');
  const args = ['-f', '-c', '-U', 'name', '-o', summary, execPath, '--max-semi-space-size=2', serverEntry];
  const env = {
    PATH: ownEnvironment['PATH'],
    PARLEY_PORT: port,
    PARLEY_DATA_DIR: join(dir, 'data'),
    PARLEY_METRICS_PORT: '0',
  };
  const traced = spawn('strace', args, { env, stdio: ['ignore', 'ignore', 'ignore'], detached: true });
  const ended = once(traced, 'exit');
  const group = -(traced.pid ?? 0);
  t.after(async () => {
    if (traced.exitCode === null) process.kill(group, 'SIGKILL');
    await ended;
  });
  const server = { url: `http://127.0.0.1:${port}`, socketUrl: `ws://127.0.0.1:${port}/ws` };
  const isServing = () =>
    http('GET', `${server.url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
  await eventually('the server to serve', isServing, START_MS);
  const [ada, ben] = await twoPeople(t, server);
  const { socket } = await ada.online();
  await say(socket, ben, 'something to search for');
  await ada.get('/search?q=search');
  process.kill(group, 'SIGTERM');
  await ended;

  const used = readFileSync(summary, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^\w+$/.test(line) && line !== 'total' && line !== 'syscall');
  assert.ok(used.includes('fsync') && used.includes('futex'), used.join());
  const allowed = allowedByUnit();
  assert.ok(allowed.has('futex') && !allowed.has('mount') && !allowed.has('chown'));
  assert.deepEqual(
    used.filter((name) => !allowed.has(name) && !DISPENSABLE.includes(name)),
    [],
  );
});
