import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../server/storage/open.ts';
import { placesOf } from '../support/places-of.ts';
import { chance } from '../support/scale.ts';
import { sqliteStore } from './sqlite-store.ts';
import type { SqliteStore } from './sqlite-store.ts';
import { Stage } from './stage.ts';

describe('erasure', () => {
  test('[A5] after maintenance no byte of any file holds a deleted name but its two places', (t) => {
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

  test('[A5] a reader in the way delays it, and maintenance says so', (t) => {
    let store: SqliteStore | undefined;
    const stage = new Stage(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
    const ann = stage.person('canary-in-the-wal');
    assert.deepEqual(stage.do('prune', { budget: 10 }), { more: false });
    const reader = new Database(join(store?.dir ?? '', DATABASE_FILE), { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM users').get();
    stage.do('deleteUser', { userId: ann });
    for (let step = 0; step < 50; step += 1)
      assert.deepEqual(stage.do('prune', { budget: 10 }), { more: true });
    reader.exec('COMMIT');
    reader.close();
    assert.deepEqual(stage.do('prune', { budget: 10 }), { more: false });
    assert.deepEqual(placesOf(store?.dir ?? '', 'canary-in-the-wal'), ['reserved_names']);
  });

  test('[A5] [P9] meanwhile all is read and written as ever, a step is of few rows, and a restart leaves nothing half done', (t) => {
    const random = chance(t);
    const stores: SqliteStore[] = [];
    // The same is done in a store that erases nothing: the tables must come out equal.
    const [stage, twin] = [0, 1].map(
      () =>
        new Stage(t, (scope, clock) => {
          const store = sqliteStore(scope, { clock });
          stores.push(store);
          return store;
        }),
    );
    assert.ok(stage !== undefined && twin !== undefined);
    const both = <T>(act: (on: Stage) => T): T => {
      act(twin);
      return act(stage);
    };
    const people: string[] = [];
    const tokens = new Map<string, string>();
    let count = 0;
    const arrive = (): void => {
      count += 1;
      const [name, refresh] = [`someone-${String(count)}`, `refresh ${String(count)}`];
      const id = both((on) => on.person(name, on.session(refresh)));
      people.push(id);
      tokens.set(id, refresh);
    };
    const write = (): void => {
      const at = random.between(0, people.length - 1);
      const id = people[at] ?? '';
      const what = random.between(0, 6);
      if (what <= 1) arrive();
      else if (what === 2 && people.length > 20) {
        people.splice(at, 1);
        both((on) => on.do('deleteUser', { userId: id }));
      } else if (what === 3)
        both((on) =>
          on.do('openSession', { userId: id, session: on.session(), rehash: 'longer than before' }),
        );
      else if (what === 4) {
        const [old, next] = [tokens.get(id) ?? '', `next ${String(count)} ${id}`];
        const rotation = { hash: Buffer.from(old), successorHash: Buffer.from(next), graceMs: 1, ttlMs: 1e9 };
        if (both((on) => on.do('rotateRefresh', rotation)).kind === 'rotated') tokens.set(id, next);
      } else if (what === 5)
        both((on) => {
          const keepSessionId = on.queries.sessions(id, '')[0]?.id ?? '';
          return on.do('changePassword', { userId: id, passwordHash: 'short', keepSessionId });
        });
      else both((on) => on.do('setPresence', { userId: id, status: 'online', connections: [] }));
    };
    for (let n = 0; n < 60; n += 1) arrive();
    const look = (store: SqliteStore | undefined): Database.Database =>
      new Database(join(store?.dir ?? '', DATABASE_FILE), { readonly: true });
    const rows = (db: Database.Database, table: string): unknown[] =>
      db.prepare(`SELECT * FROM ${table}`).all();
    const [here, there] = stores.map(look);
    assert.ok(here !== undefined && there !== undefined);
    const schema = (): unknown[] =>
      here
        .prepare('SELECT type, name, tbl_name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1, 2')
        .all();
    const before = schema();
    const equal = (): void => {
      for (const table of ['users', 'credentials', 'user_sessions', 'spent_refresh_tokens'])
        assert.deepEqual(rows(here, table), rows(there, table), table);
    };
    let [restarts, halves] = [0, 0];
    for (let round = 0; round < 2; round += 1) {
      const userId = people.pop() ?? '';
      both((on) => on.do('deleteUser', { userId }));
      for (let more = true, step = 0; more; step += 1) {
        assert.ok(step < 5_000, 'it comes to an end');
        const size = (): number => rows(here, 'users').length + rows(here, 'user_sessions').length;
        const whole = size();
        ({ more } = stage.do('prune', { budget: 4 }));
        assert.equal(size(), whole, 'nobody is missing in between');
        if (step < 300 && random.chance(0.4)) write();
        if (rows(here, 'sqlite_schema').some((row) => /_fresh|_old/.test((row as { name: string }).name)))
          halves += 1;
        if (step % 90 === 89 && step < 300) {
          restarts += 1;
          stage.store.restart();
          assert.doesNotMatch(JSON.stringify(schema()), /_fresh|_old/);
        }
        equal();
      }
      assert.deepEqual(here.pragma('foreign_key_check'), []);
      assert.deepEqual(here.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
    }
    assert.ok(restarts > 1 && halves > 20, `${String(restarts)} ${String(halves)}`);
    stage.store.settle();
    equal();
    const named = (text: unknown): string => JSON.stringify(text).replaceAll('_b"', '"');
    assert.equal(named(schema()), named(before), 'what is left is what was there');
    // References to what was rewritten still hold.
    const id = people[0] ?? '';
    const session = stage.queries.sessions(id, '')[0]?.id ?? '';
    both((on) => on.do('endSession', { userId: id, sessionId: session }));
    equal();
    for (const db of [here, there]) db.close();
  });
});
