import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../../server/storage/sqlite/open.ts';
import { avatarVersion } from '../../../server/storage/avatar-version.ts';
import { placesOf } from '../../support/places-of.ts';
import { chance, scaled } from '../../support/scale.ts';
import { sqliteStore } from '../sqlite-store.ts';
import type { SqliteStore } from '../sqlite-store.ts';
import { Stage } from '../stage.ts';
import { inOrder } from '../../support/in-order.ts';

/** In the sample too they fill many pages. */
const PEOPLE = scaled({ sample: 240, full: 600 });

/** What stands in all parts of the profile of a user. */
const profileOf = (name: string): string => name.replace('canary', 'profile');

/** A profile, and an avatar that replaces another one, so that rows and pages move about. */
const show = async (stage: Stage, userId: string, name: string): Promise<void> => {
  const text = profileOf(name);
  await stage.do('changeProfile', { userId, displayName: `${text} Smith`, about: `I am ${text}` });
  for (const times of [300, 1 + (text.length % 7)]) {
    const bytes = Buffer.from(text.repeat(times));
    const avatar = { type: 'image/png' as const, version: avatarVersion(bytes), bytes };
    await stage.do('setAvatar', { userId, avatar });
  }
};

describe('erasure', () => {
  test('[A5] after maintenance no byte of any file holds a deleted name but its two places', async (t) => {
    let store: SqliteStore | undefined;
    const stage = await Stage.open(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
    const dir = store?.dir ?? '';
    // Names in no order, so that pages of the names' index split and move cells about.
    const people = await inOrder(Array.from({ length: PEOPLE }), async (_, i) => {
      const name = `canary-${((i * 7_919) % PEOPLE).toString().padStart(4, '0')}-name`;
      const id = await stage.person(name);
      await show(stage, id, name);
      return { name, id };
    });
    const friend = await stage.person('friend');
    const gone = people.filter((_, i) => i % 4 !== 0);
    const writers = gone.slice(0, 20);
    for (const { id } of writers) {
      await stage.say(id, friend, 'a few words');
      await stage.say(friend, id, 'an answer');
    }
    for (const { name } of people) await stage.failLogin('192.0.2.1', name);
    for (const { id } of gone) await stage.remove(id);
    await stage.store.settle();
    const silent = gone.slice(20);
    for (const { name } of silent) assert.deepEqual(placesOf(dir, name), ['reserved_names'], name);
    for (const { name } of gone) assert.deepEqual(placesOf(dir, profileOf(name)), [], name);
    for (const { name } of writers)
      assert.deepEqual(placesOf(dir, name), ['messages', 'reserved_names'], name);
    // The living are where they were.
    const living = people.filter((_, i) => i % 4 === 0);
    for (const { id, name } of living) {
      assert.equal(await stage.queries.userIdByName(name), id);
      assert.ok(placesOf(dir, profileOf(name)).length > 0, 'this search finds a profile');
    }
    assert.equal((await stage.say(living[0]?.id ?? '', friend, 'still here')).seq, 1);
  });

  test('[A5] a reader in the way delays it, and maintenance says so', async (t) => {
    let store: SqliteStore | undefined;
    const stage = await Stage.open(t, (scope, clock) => (store = sqliteStore(scope, { clock })));
    const ann = await stage.person('canary-in-the-wal');
    assert.deepEqual(await stage.do('prune', { budget: 10 }), { more: false });
    const reader = new Database(join(store?.dir ?? '', DATABASE_FILE), { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM users').get();
    await stage.remove(ann);
    for (let step = 0; step < 50; step += 1)
      assert.deepEqual(await stage.do('prune', { budget: 10 }), { more: true });
    reader.exec('COMMIT');
    reader.close();
    assert.deepEqual(await stage.do('prune', { budget: 10 }), { more: false });
    assert.deepEqual(placesOf(store?.dir ?? '', 'canary-in-the-wal'), ['reserved_names']);
  });

  test('[A5] [P9] meanwhile all is read and written as ever, a step is of few rows, and a restart leaves nothing half done', async (t) => {
    const random = chance(t);
    const stores: SqliteStore[] = [];
    // The same is done in a store that erases nothing: the tables must come out equal.
    const open = (): Promise<Stage> =>
      Stage.open(t, (scope, clock) => {
        const store = sqliteStore(scope, { clock });
        stores.push(store);
        return store;
      });
    const [stage, twin] = [await open(), await open()];
    const both = async <T>(act: (on: Stage) => Promise<T>): Promise<T> => {
      await act(twin);
      return act(stage);
    };
    const people: string[] = [];
    const tokens = new Map<string, string>();
    let [count, rotations] = [0, 0];
    const arrive = async (): Promise<void> => {
      count += 1;
      const [name, refresh] = [`someone-${String(count)}`, `refresh ${String(count)}`];
      const id = await both((on) => on.person(name, on.session(refresh)));
      people.push(id);
      tokens.set(id, refresh);
    };
    const write = async (): Promise<void> => {
      const at = random.between(0, people.length - 1);
      const id = people[at] ?? '';
      const what = random.between(0, 6);
      if (what <= 1) await arrive();
      else if (what === 2 && people.length > 20) {
        people.splice(at, 1);
        await both((on) => on.remove(id));
      } else if (what === 3) await both((on) => on.login(id, on.session(), 'longer than before'));
      else if (what === 4) {
        rotations += 1;
        const [old, next] = [tokens.get(id) ?? '', `next ${String(rotations)}`];
        const rotation = { hash: Buffer.from(old), successorHash: Buffer.from(next), graceMs: 1, ttlMs: 1e9 };
        if ((await both((on) => on.do('rotateRefresh', rotation))).kind === 'rotated') tokens.set(id, next);
      } else if (what === 5)
        await both(async (on) => {
          const keepSessionId = (await on.queries.sessions(id, ''))[0]?.id ?? '';
          return on.changePassword(id, 'short', keepSessionId);
        });
      else
        await both(async (on) => {
          await on.appear(id);
          await on.disconnect(id);
        });
    };
    for (let n = 0; n < 60; n += 1) await arrive();
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
      await both((on) => on.remove(userId));
      for (let more = true, step = 0; more; step += 1) {
        assert.ok(step < 5_000, 'it comes to an end');
        const size = (): number => rows(here, 'users').length + rows(here, 'user_sessions').length;
        const whole = size();
        ({ more } = await stage.do('prune', { budget: 4 }));
        assert.equal(size(), whole, 'nobody is missing in between');
        if (step < 300 && random.chance(0.4)) await write();
        if (rows(here, 'sqlite_schema').some((row) => /_fresh|_old/.test((row as { name: string }).name)))
          halves += 1;
        if (step % 90 === 89 && step < 300) {
          restarts += 1;
          await stage.store.restart();
          assert.doesNotMatch(JSON.stringify(schema()), /_fresh|_old/);
        }
        equal();
      }
      assert.deepEqual(here.pragma('foreign_key_check'), []);
      assert.deepEqual(here.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
    }
    assert.ok(restarts > 1 && halves > 20, `${String(restarts)} ${String(halves)}`);
    await stage.store.settle();
    equal();
    const named = (text: unknown): string => JSON.stringify(text).replaceAll('_b"', '"');
    assert.equal(named(schema()), named(before), 'what is left is what was there');
    // References to what was rewritten still hold.
    const id = people[0] ?? '';
    const session = (await stage.queries.sessions(id, ''))[0]?.id ?? '';
    await both((on) => on.do('endSession', { userId: id, sessionId: session }));
    equal();
    for (const db of [here, there]) db.close();
  });
});
