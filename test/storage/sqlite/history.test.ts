import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { renewHistory } from '../../../server/storage/sqlite/history.ts';
import { migrate } from '../../../server/storage/sqlite/migrate.ts';
import { INIT } from '../../../server/storage/sqlite/migrations/0001-init.ts';
import { DATABASE_FILE, openReadWrite } from '../../../server/storage/sqlite/open.ts';
import { openReads } from '../../../server/storage/sqlite/queries.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';
import { sqliteFactory } from '../sqlite-store.ts';
import { Stage } from '../stage.ts';

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const historyIn = (dir: string): string => {
  const queries = openReads(dir);
  const history = queries.history();
  queries.close();
  return history;
};

const migrated = (scope: Scope): string => {
  const dir = tempDir(scope);
  const db = openReadWrite(dir);
  migrate(db);
  db.close();
  return dir;
};

test('[O12] a history is made with the database, another one with each, and renewed on demand', (t) => {
  const dir = migrated(t);
  const first = historyIn(dir);
  assert.match(first, UUID_7);
  // Time-ordered, as all ids that the server makes.
  const madeAt = parseInt(first.replace('-', '').slice(0, 12), 16);
  assert.ok(Math.abs(Date.now() - madeAt) < 60_000, first);
  assert.notEqual(historyIn(migrated(t)), first);
  assert.equal(historyIn(dir), first);
  const db = openReadWrite(dir);
  const renewed = renewHistory(db);
  db.close();
  assert.match(renewed, UUID_7);
  assert.notEqual(renewed, first);
  assert.equal(historyIn(dir), renewed);
});

test('[O12] a database of before there were histories gets one', (t) => {
  const dir = tempDir(t);
  openReadWrite(dir).close();
  const db = new Database(join(dir, DATABASE_FILE));
  db.exec(INIT);
  db.pragma('user_version = 1');
  db.close();
  const writer = openReadWrite(dir);
  migrate(writer);
  writer.close();
  assert.match(historyIn(dir), UUID_7);
});

test('[O12] a message stands in the logs of its two people, each time at its own cursor, and in no other', async (t) => {
  const stage = await Stage.open(t, sqliteFactory);
  const [ann, ben, cleo] = [await stage.person('ann'), await stage.person('ben'), await stage.person('cleo')];
  const id = stage.ids.next();
  const sent = await stage.say(ann, ben, 'hello', id);
  assert.equal(await stage.queries.messageCursor(ann, id), sent.senderCursor);
  assert.equal(await stage.queries.messageCursor(ben, id), sent.recipientCursor);
  assert.notEqual(sent.senderCursor, sent.recipientCursor);
  assert.equal(await stage.queries.messageCursor(cleo, id), null);
  assert.equal(await stage.queries.messageCursor(ann, stage.ids.next()), null);
  assert.equal(await stage.queries.messageCursor(stage.ids.next(), id), null);
});
