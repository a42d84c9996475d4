import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import type { Problem } from '../../server/protocol/resources/problem.ts';
import { expectStatus, twoPeople } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';

const PAGE_BYTES = 4_096;
const MESSAGES = 120;

/** Makes the page of the file that holds a message unreadable, as a failing disk does, beside the running server. */
const damagePageOf = (dataDir: string, messageId: string): void => {
  const file = join(dataDir, 'parley.db');
  const db = new Database(file, { readonly: true });
  const row = db
    .prepare<[Buffer], number>('SELECT row FROM messages WHERE id = ?')
    .pluck()
    .get(Buffer.from(messageId.replaceAll('-', ''), 'hex'));
  // Rows are numbered without a gap, and leaves hold them in order.
  const leaves = db
    .prepare<[], { pageno: number; ncell: number }>(
      `SELECT pageno, ncell FROM dbstat WHERE name = 'messages' AND pagetype = 'leaf' ORDER BY path`,
    )
    .all();
  db.close();
  let before = 0;
  const leaf = leaves.find(({ ncell }) => (before += ncell) >= (row ?? Infinity));
  assert.ok(leaf !== undefined && leaves.length > 4, `${String(leaves.length)} leaves`);
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(PAGE_BYTES, 0xff), 0, PAGE_BYTES, (leaf.pageno - 1) * PAGE_BYTES);
  closeSync(descriptor);
};

test('[P9] [O15] a damaged page: errors that say so, one log line, /readyz fails, and others are served', async (t) => {
  const server = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, server);
  const [cleo, dan] = await twoPeople(t, server);
  const { socket: adas } = await ada.online();
  const { socket: cleos } = await cleo.online();
  const sent = [];
  for (let n = 0; n < MESSAGES; n += 1)
    sent.push(await say(adas, ben, `message ${String(n)} ${'.'.repeat(200)}`));
  const other = await say(cleos, dan, 'of two others');
  const middle = sent[MESSAGES / 2]?.payload;
  assert.ok(middle !== undefined);
  // An orderly stop brings everything from the write-ahead log into the file.
  await server.kill('SIGTERM');
  await server.restart();
  damagePageOf(server.dataDir, middle.message_id);

  const history = `/conversations/${middle.conversation_id}/messages?limit=10&around=`;
  const damaged = expectStatus(await ada.http('GET', `${history}${String(middle.seq)}`), 500).json<Problem>();
  assert.equal(damaged.code, 'internal');
  assert.match(damaged.detail, /damaged/);
  const line = await server.run.line('store.fault');
  assert.equal(line['kind'], 'damaged');
  assert.match(String(line['advice']), /restore/);
  for (let again = 0; again < 3; again += 1) {
    expectStatus(await ada.http('GET', `${history}${String(middle.seq)}`), 500);
  }
  assert.equal(server.run.output.split('"store.fault"').length, 2, 'told once');
  const ready = expectStatus(await http('GET', `${server.url}/readyz`), 503).json<{ checks: object }>();
  assert.deepEqual(ready.checks, { ...ready.checks, store: 'damaged', writer: 'ok' });

  // A replay that runs into the damage ends, and does not ask again for ever.
  const replaying = await ada.connect({ cursor: 1 });
  const error = await replaying.next('error');
  assert.deepEqual([error.payload.code, error.payload.ref], ['internal', null]);
  assert.equal((await replaying.closed).code, 1011);

  // What is whole is served: the newest messages of the same conversation, and everything of two others.
  expectStatus(await ada.http('GET', `/conversations/${middle.conversation_id}/messages?limit=5`), 200);
  assert.equal((await dan.history(other.payload.conversation_id)).length, 1);
  const { socket: dans } = await dan.online({ cursor: 0 });
  await dans.next('message', ({ payload }) => payload.content === 'of two others');
  const { socket: back } = await cleo.online();
  await say(back, dan, 'and they write on');
  await dans.next('message', ({ payload }) => payload.content === 'and they write on');
});
