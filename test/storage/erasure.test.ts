import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../server/storage/open.ts';
import { placesOf } from '../support/places-of.ts';
import { sqliteStore } from './sqlite-store.ts';
import type { SqliteStore } from './sqlite-store.ts';
import { Stage } from './stage.ts';

describe('erasure', () => {
  test('[A5] after housekeeping no byte of any file holds a deleted name but its two places', (t) => {
    let store: SqliteStore | undefined;
    const stage = new Stage(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
    const dir = store?.dir ?? '';
    // Names in no order, so that pages of the names' index split and move cells about.
    const people = Array.from({ length: 600 }, (_, i) => {
      const name = `canary-${((i * 7_919) % 600).toString().padStart(4, '0')}-name`;
      return { name, id: stage.person(name) };
    });
    const friend = stage.person('friend');
    const gone = people.filter((_, i) => i % 4 !== 0);
    const writers = gone.slice(0, 20);
    for (const { id } of writers) {
      stage.say(id, friend, 'a few words');
      stage.say(friend, id, 'an answer');
    }
    for (const { name } of people)
      stage.do('recordLoginFailure', { key: '192.0.2.1', username: name, windowMs: 900_000 });
    for (const { id } of gone) stage.do('deleteUser', { userId: id });
    stage.store.settle();
    const silent = gone.slice(20);
    for (const { name } of silent) assert.deepEqual(placesOf(dir, name), ['reserved_names'], name);
    for (const { name } of writers)
      assert.deepEqual(placesOf(dir, name), ['messages', 'reserved_names'], name);
    // The living are where they were.
    const living = people.filter((_, i) => i % 4 === 0);
    for (const { id, name } of living) assert.equal(stage.queries.userIdByName(name), id);
    assert.equal(stage.say(living[0]?.id ?? '', friend, 'still here').seq, 1);
  });

  test('[A5] a reader in the way delays it, and housekeeping says so', (t) => {
    let store: SqliteStore | undefined;
    const stage = new Stage(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
    const ann = stage.person('canary-in-the-wal');
    const reader = new Database(join(store?.dir ?? '', DATABASE_FILE), { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM users').get();
    stage.do('deleteUser', { userId: ann });
    assert.deepEqual(stage.do('prune', { budget: 10 }), { more: true });
    reader.exec('COMMIT');
    reader.close();
    assert.deepEqual(stage.do('prune', { budget: 10 }), { more: false });
    assert.deepEqual(placesOf(store?.dir ?? '', 'canary-in-the-wal'), ['reserved_names']);
  });
});
