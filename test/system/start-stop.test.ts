import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { ChatClient, expectStatus, freshName, twoPeople } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { serverEntry } from '../support/paths.ts';
import { say } from '../support/say.ts';
import { isSample, testInExtended, testInFull } from '../support/scale.ts';
import { failedStart, ServerProcess, sqliteOnly } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';
import { tempDir } from '../support/temp-dir.ts';

const wrong: readonly (readonly [string, string])[] = [
  ['PARLEY_PORT', 'eighty'],
  ['PARLEY_PORT', '70000'],
  ['PARLEY_HOST', 'http://localhost'],
  ['PARLEY_HOST', '127.0.0.256'],
  // Well-formed, but no address of this machine.
  ['PARLEY_HOST', '203.0.113.9'],
  ['PARLEY_DATA_DIR', '/dev/null'],
  ['PARLEY_DATA_DIR', '/proc/parley'],
  ['PARLEY_SHARDS', '-1'],
  ['PARLEY_JWT_SECRET', 'short'],
  ['PARLEY_JWT_SECRET_FILE', '/nonexistent/secret'],
  ['PARLEY_REFRESH_SECRET', 'short'],
  ['PARLEY_REFRESH_SECRET', 'changeme-changeme-changeme-changeme'],
  ['PARLEY_REFRESH_SECRET_FILE', '/nonexistent/secret'],
  ['PARLEY_ALLOWED_ORIGINS', 'example.org'],
  ['PARLEY_TRUST_PROXY', '10.0.0.0/99'],
  ['PARLEY_REGISTRATION', 'maybe'],
  ['PARLEY_LOG_LEVEL', 'loud'],
  ['PARLEY_LOGIN_MAX_FAILURES', '0.5'],
  ['PARLEY_ACCESS_TTL_S', '1h'],
  ['PARLEY_HEARTBEAT_S', 'often'],
  ['PARLEY_SEND_RATE', 'NaN'],
  ['PARLEY_METRICS_PORT', 'on'],
  ['PARLEY_PUSH_SUBJECT', 'admin'],
  ['PARLEY_PUSH_ALLOW', 'push.example'],
  ['PARLEY_ACCEPT_BINARIES', 'all'],
];
/** In the sample one in twelve: a number, a secret, a choice. */
const tried = wrong.filter((_, at) => !isSample || at % 12 === 0);
for (const [name, value] of tried) {
  test(`${name}=${value} stops the start with its name and exit code 78`, async (t) => {
    const { code, output } = await failedStart(t, { [name]: value });
    assert.equal(code, 78, output);
    assert.match(output, new RegExp(`\\b${name}\\b`));
    assert.doesNotMatch(output, /\n\s+at /, 'a sentence, no stack');
    if (name.endsWith('_SECRET')) assert.doesNotMatch(output, new RegExp(value), 'a secret is not shown');
  });
}

testInExtended(
  'a secret of bytes that are no text stops the start, from a file and from the environment',
  async (t) => {
    const file = join(tempDir(t), 'secret');
    writeFileSync(file, Buffer.alloc(40, 0xff));
    for (const name of ['PARLEY_JWT_SECRET', 'PARLEY_REFRESH_SECRET']) {
      const fromFile = await failedStart(t, { [`${name}_FILE`]: file });
      assert.equal(fromFile.code, 78, fromFile.output);
      assert.match(fromFile.output, new RegExp(`${name}_FILE must hold text in UTF-8`));
      // Only a shell can put such bytes into the environment of a process.
      const started = promisify(execFile)(
        'sh',
        ['-c', `${name}=$(cat "$0") exec "$1" "$2"`, file, process.execPath, serverEntry],
        {
          env: { PATH: process.env['PATH'], PARLEY_DATA_DIR: join(file, '..', 'data'), PARLEY_PORT: '0' },
        },
      );
      await assert.rejects(started, (error: { code?: number; stderr?: string }) => {
        assert.equal(error.code, 78);
        assert.match(error.stderr ?? '', new RegExp(`${name} must hold text in UTF-8`));
        return true;
      });
    }
  },
);

test('a port that is taken stops the start with one line that names the variable', async (t) => {
  const { port } = new URL((await sharedServer({ after })).url);
  for (const name of ['PARLEY_PORT', 'PARLEY_METRICS_PORT']) {
    const { code, output } = await failedStart(t, { [name]: port });
    assert.equal(code, 74, output);
    assert.match(
      output,
      new RegExp(`${name}: port ${port} on 127\\.0\\.0\\.1 can't be had \\(EADDRINUSE\\)`),
    );
  }
});

test('a ready server says so, answers health checks and keeps its folder to itself', async (t) => {
  const parent = tempDir(t);
  const dataDir = join(parent, 'data');
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o755);
  const server = await ServerProcess.start(t, {}, dataDir);
  for (const path of ['/healthz', '/readyz']) {
    expectStatus(await http('GET', `${server.url}${path}`), 200);
  }
  assert.equal(statSync(dataDir).mode & 0o077, 0);
  await ChatClient.register(t, server, freshName('ada'));
  await server.restart();
  expectStatus(await http('GET', `${server.url}/readyz`), 200);
});

testInExtended(
  'the line that says it is ready comes at every log level, and at warn it is the only one',
  { skip: sqliteOnly },
  async (t) => {
    const server = await ServerProcess.start(t, { PARLEY_LOG_LEVEL: 'warn' });
    const lines = server.run.output.split('\n').filter((line) => line.startsWith('{'));
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
      ['listening'],
    );
  },
);

test('SIGTERM: sockets close with 1001, what was acknowledged is kept, exit code 0', async (t) => {
  const server = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  const ack = await say(a.socket, ben, 'before the end');
  const started = performance.now();
  const exit = await server.kill('SIGTERM');
  assert.deepEqual(exit, { code: 0, signal: null }, server.run.output);
  assert.ok(performance.now() - started < 10_000);
  assert.equal((await a.socket.closed).code, 1001);
  assert.equal((await b.socket.closed).code, 1001);
  await server.restart();
  const { socket } = await ben.online();
  const { payload } = await socket.next('message');
  assert.equal(payload.message_id, ack.payload.message_id);
});

testInFull('the signing key survives a restart, so people stay signed in', async (t) => {
  const server = await ServerProcess.start(t);
  const ada = await ChatClient.register(t, server, freshName('ada'));
  await server.kill();
  await server.restart();
  expectStatus(await ada.http('GET', '/users/me'), 200);
});

for (const shards of ['0', '1', '3']) {
  // No shard and one are what most tests run with.
  (shards === '3' ? testInExtended : testInFull)(`the same conversation with ${shards} shards`, async (t) => {
    const server = await ServerProcess.start(t, { PARLEY_SHARDS: shards });
    const [ada, ben] = await twoPeople(t, server);
    const [a, b] = await Promise.all([ada.online(), ben.online()]);
    const ack = await say(a.socket, ben, 'hello');
    const { payload } = await b.socket.next('message');
    assert.equal(payload.message_id, ack.payload.message_id);
    b.socket.send('ack', { message_id: payload.message_id, status: 'read' });
    await a.socket.next('ack', (frame) => frame.payload.status === 'read');
  });
}
