import assert from 'node:assert/strict';
import { chmodSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { expectStatus, freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { failedStart, ServerProcess } from '../support/server-process.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { tempDir } from '../support/temp-dir.ts';

const MIB = 1024 * 1024;
const CANT_MOUNT = 'a disk of its own can’t be mounted here (root and CAP_SYS_ADMIN are needed)';

test('[P1] a full disk: writes are refused with 503, reads and search go on, it recovers by itself', async (t) => {
  const disk = SmallDisk.mount(t, 8);
  if (disk === null) {
    t.skip(CANT_MOUNT);
    return;
  }
  const server = await ServerProcess.start(t, {}, disk.path);
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  const acked: string[] = [];
  for (let i = 0; i < 20; i += 1)
    acked.push((await say(a.socket, ben, `before ${String(i)}`)).payload.message_id);
  const { id } = await ada.conversationWith(ben);

  disk.fill();
  // What still fits into the log's last pages may be taken: what counts is that each answer is true.
  const refused: string[] = [];
  for (let i = 0; i < 200 && refused.length < 5; i += 1) {
    const message = crypto.randomUUID();
    a.socket.send('message', { recipient_id: ben.id, content: 'x'.repeat(4_000) }, message);
    const answer = await a.socket.answerTo(message);
    if (answer.type === 'ack') acked.push(message);
    else {
      assert.equal(answer.payload.code, 'unavailable');
      refused.push(message);
    }
  }
  assert.equal(refused.length, 5, 'the disk is full');
  const registering = () =>
    http('POST', `${server.url}/auth/register`, {
      body: { username: freshName('late'), password: PASSWORD },
    });
  expectStatus(await registering(), 503);
  expectStatus(await http('GET', `${server.url}/readyz`), 503);
  expectStatus(await http('GET', `${server.url}/healthz`), 200);

  expectStatus(await ben.http('GET', '/conversations'), 200);
  assert.equal((await ben.history(id)).length, acked.length, 'all that was acknowledged, and nothing else');
  const found = await ben.get<{ messages: unknown[] }>('/search?q=before&type=messages');
  assert.equal(found.messages.length, 20);
  const reader = await ben.online({ cursor: 0 });
  assert.equal(reader.socket.received.filter(({ type }) => type === 'message').length, acked.length);

  disk.free();
  await eventually(
    'the server to be ready',
    async () => (await http('GET', `${server.url}/readyz`)).status === 200,
  );
  for (const message of refused) {
    a.socket.send('message', { recipient_id: ben.id, content: 'x'.repeat(4_000) }, message);
    assert.equal((await a.socket.answerTo(message)).type, 'ack');
    acked.push(message);
  }
  expectStatus(await registering(), 201);
  await b.socket.next('message', ({ payload }) => payload.message_id === acked.at(-1));
  await server.kill('SIGKILL');
  await server.restart();
  assert.deepEqual(
    (await ben.history(id)).map(({ message_id }) => message_id),
    acked,
  );
});

test('[X3] a disk that fills up: a warning, then not ready, then ready again, one line each', async (t) => {
  const disk = SmallDisk.mount(t, 64);
  if (disk === null) {
    t.skip(CANT_MOUNT);
    return;
  }
  const server = await ServerProcess.start(t, { PARLEY_METRICS_PORT: '0' }, disk.path);
  const metrics = await metricsUrl(server);
  const ready = async (status: number): Promise<unknown> => {
    const answer = expectStatus(await http('GET', `${server.url}/readyz`), status);
    return answer.json<{ checks: { disk: string } }>().checks.disk;
  };
  const lines = () => server.run.output.match(/"msg":"disk\.\w+"/g);
  assert.equal(await ready(200), 'ok');
  disk.fill(4 * MIB);
  for (let n = 0; n < 3; n += 1) assert.equal(await ready(200), 'low');
  const low = await server.run.line('disk.low');
  assert.ok(Number(low['freeBytes']) <= 4 * MIB && String(low['advice']).includes('PARLEY_DATA_DIR'));
  assert.ok((await figureOf(metrics, 'parley_disk_free_bytes')) <= 4 * MIB);
  assert.equal(await figureOf(metrics, 'parley_disk_bytes'), 64 * MIB);
  for (const name of ['parley_database_bytes', 'parley_database_wal_bytes'])
    assert.ok((await figureOf(metrics, name)) > 0, name);
  disk.fill(MIB / 2);
  for (let n = 0; n < 3; n += 1) assert.equal(await ready(503), 'full');
  await server.run.line('disk.full');
  disk.free();
  assert.equal(await ready(200), 'ok');
  await server.run.line('disk.ok');
  assert.deepEqual(lines(), ['"msg":"disk.low"', '"msg":"disk.full"', '"msg":"disk.ok"']);
});

/** Refused: one line that says why, no stack, no success. */
const assertRefused = ({ code, output }: { code: number | null; output: string }, reason: RegExp): void => {
  assert.ok(code !== 0 && code !== null, output);
  const said = output.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  assert.equal(said.length, 1, output);
  assert.match(said[0] ?? '', reason);
  assert.doesNotMatch(output, /\n\s+at |"stack"/, 'a sentence, no stack');
};

testInExtended('a read-only data directory is refused with one clear line', async (t) => {
  const disk = SmallDisk.mount(t, 8);
  if (disk === null) {
    t.skip(CANT_MOUNT);
    return;
  }
  const server = await ServerProcess.start(t, {}, disk.path);
  await twoPeople(t, server);
  await server.kill('SIGTERM');
  disk.readOnly();
  assertRefused(
    await failedStart(t, { PARLEY_DATA_DIR: disk.path }),
    /can't be written|can't be opened for writing|read-only/,
  );
});

/** A database as a server leaves it. */
const usedFolder = async (t: Parameters<typeof tempDir>[0]): Promise<string> => {
  const dataDir = tempDir(t);
  const server = await ServerProcess.start(t, {}, dataDir);
  const [ada, ben] = await twoPeople(t, server);
  const { socket } = await ada.online();
  await say(socket, ben, 'kept');
  await server.kill('SIGTERM');
  return dataDir;
};

const damages: readonly (readonly [string, (file: string) => void, RegExp])[] = [
  [
    'overwritten at its head',
    (file) => {
      const bytes = readFileSync(file);
      bytes.fill(0xaa, 0, 4096);
      writeFileSync(file, bytes);
    },
    /damaged or not a database/,
  ],
  [
    'cut off',
    (file) => {
      truncateSync(file, Math.floor(statSync(file).size / 2));
    },
    /damaged/,
  ],
  [
    'of a newer program',
    (file) => {
      const db = new Database(file);
      db.pragma('user_version = 9999');
      db.close();
    },
    /newer/,
  ],
];
testInExtended('a damaged database is refused with one clear line, and left as it is', async (t) => {
  const dataDir = await usedFolder(t);
  const file = join(dataDir, 'parley.db');
  const whole = readFileSync(file);
  for (const [what, damage, reason] of damages) {
    damage(file);
    const before = readFileSync(file);
    assertRefused(await failedStart(t, { PARLEY_DATA_DIR: dataDir }), reason);
    assert.ok(before.equals(readFileSync(file)), `${what}: untouched`);
    writeFileSync(file, whole);
  }
  const server = await ServerProcess.start(t, {}, dataDir);
  expectStatus(await http('GET', `${server.url}/readyz`), 200);
  const second = await failedStart(t, { PARLEY_DATA_DIR: dataDir });
  assertRefused(second, /another Parley server/);
  expectStatus(await http('GET', `${server.url}/readyz`), 200);
});

test('every file of the data directory is its owner’s alone', async (t) => {
  const dataDir = tempDir(t);
  chmodSync(dataDir, 0o755);
  const server = await ServerProcess.start(t, {}, dataDir);
  const [ada, ben] = await twoPeople(t, server);
  const { socket } = await ada.online();
  await say(socket, ben, 'so that there is a log');
  assert.equal(statSync(dataDir).mode & 0o777, 0o700);
  const files = readdirSync(dataDir);
  assert.ok(files.includes('parley.lock') && files.includes('parley.db'), files.join());
  for (const file of files) assert.equal(statSync(join(dataDir, file)).mode & 0o777, 0o600, file);
});
