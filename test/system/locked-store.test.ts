import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { expectStatus, twoPeople } from '../support/chat-client.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';

test('[P8] [P9] another program that locks the database: writes are refused, the rest is served, and all goes on when it is gone', async (t) => {
  const server = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, server);
  const [{ socket: adas }, { socket: bens }] = await Promise.all([ada.online(), ben.online()]);
  await say(adas, ben, 'before');
  await bens.next('message');

  const other = new Database(join(server.dataDir, 'parley.db'));
  t.after(() => {
    other.close();
  });
  other.exec('BEGIN IMMEDIATE');
  const id = crypto.randomUUID();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    adas.send('message', { recipient_id: ben.id, content: 'meanwhile' }, id);
    const { payload } = await adas.next('error', (frame) => frame.payload.ref === id);
    assert.equal(payload.code, 'unavailable');
  }
  expectStatus(await ben.http('GET', '/conversations'), 200);
  await bens.roundTrip();
  const line = await server.run.line('store.fault');
  assert.equal(line['kind'], 'busy');
  other.exec('ROLLBACK');

  await say(adas, ben, 'meanwhile', id);
  const { payload } = await bens.next('message');
  assert.equal(payload.content, 'meanwhile');
  assert.doesNotMatch(server.run.output, /thread\.hung|thread\.lost/);
});
