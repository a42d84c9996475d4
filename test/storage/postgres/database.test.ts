import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statement } from '../../../server/storage/postgres/sql.ts';
import { eventually } from '../../support/eventually.ts';
import { bareDatabase, holdLock, onServer, withoutPostgres } from '../../support/postgres.ts';
import { ADD, CHANGE, failsAs, makeNotes, openOn, READ, WAIT } from './stage.ts';

const skip = withoutPostgres;

test('columns become numbers, booleans, buffers and text', { skip }, async (t) => {
  const db = openOn(t, await bareDatabase(t));
  const rows = await db.query(
    statement<unknown[]>(
      'types',
      `SELECT 1::int2, 2::int4, 9007199254740991::int8, 1.5::float8, true, '\\x00ff'::bytea, NULL::bytea,
        '0190D3F1-0000-7000-8000-000000000000'::uuid, $1::text, $2::int8[], $3::text[], $4::bytea, '{}'::int8[]`,
    ),
    ['héllo 👋 漢字', [1, 2], ['a"b', 'ü', '{\\}'], Buffer.from([0, 1])],
  );
  assert.deepEqual(rows, [
    [
      ...[1, 2, Number.MAX_SAFE_INTEGER, 1.5, true, Buffer.from([0, 255]), null],
      ...['0190d3f1-0000-7000-8000-000000000000', 'héllo 👋 漢字', [1, 2]],
      ...[['a"b', 'ü', '{\\}'], Buffer.from([0, 1]), []],
    ],
  ]);
});

test('text with NUL is refused as the fault of the statement', { skip }, async (t) => {
  const url = await bareDatabase(t);
  await makeNotes(url);
  const db = openOn(t, url);
  for (const text of ['a\0b', '\0']) {
    await assert.rejects(
      db.transaction((sql) => sql.run(ADD, [3, text])),
      failsAs('statement', '22021'),
    );
  }
  const many = statement<[string]>('many', 'SELECT unnest($1::text[])');
  await assert.rejects(db.query(many, [['a', 'b\0']]), failsAs('statement', '22021'));
});

test('a session is durable, and read-only outside transactions', { skip }, async (t) => {
  const url = await bareDatabase(t);
  await makeNotes(url);
  await onServer(
    url,
    `DO $$ BEGIN
       EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database());
       EXECUTE format('ALTER DATABASE %I SET client_min_messages = error', current_database());
     END $$`,
  );
  const db = openOn(t, url);
  const show = statement<string[]>(
    'show',
    `SELECT current_setting('synchronous_commit'), current_setting('statement_timeout'),
      current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'),
      current_setting('client_min_messages'), current_setting('application_name')`,
  );
  assert.deepEqual(await db.query(show), [['on', '0', '1500ms', '1s', 'notice', 'parley']]);
  const reading = openOn(t, url, { purpose: 'read' });
  assert.deepEqual(await reading.query(show), [['on', '8s', '0', '10s', 'notice', 'parley']]);
  await assert.rejects(db.query(ADD, [3, 'c']), failsAs('unavailable', '25006'));
});

test('a transaction commits all or nothing', { skip }, async (t) => {
  const url = await bareDatabase(t);
  await makeNotes(url);
  const db = openOn(t, url);
  const changed = await db.transaction(async (sql) => {
    const answers = [sql.run(ADD, [3, 'c']), sql.run(CHANGE, [1, 'x']), sql.run(CHANGE, [9, 'x'])];
    return await Promise.all(answers);
  });
  assert.deepEqual(changed, [1, 1, 0]);
  const ownError = new Error('a rule says no');
  await assert.rejects(
    db.transaction(async (sql) => {
      await sql.run(ADD, [4, 'd']);
      throw ownError;
    }),
    ownError,
  );
  // Of several statements that were sent together, the first failure is told, not what follows from it.
  await assert.rejects(
    db.transaction(async (sql) => {
      const answers = [sql.run(ADD, [4, 'd']), sql.run(ADD, [1, 'twice']), sql.run(CHANGE, [1, 'y'])];
      await answers[2];
    }),
    failsAs('statement', '23505'),
  );
  assert.deepEqual(await db.query(READ), [
    [1, 'x'],
    [2, 'b'],
    [3, 'c'],
  ]);
});

test('a statement that fails unseen undoes its transaction', { skip }, async (t) => {
  const url = await bareDatabase(t);
  await makeNotes(url);
  const db = openOn(t, url);
  await assert.rejects(
    db.transaction(async (sql) => {
      void sql.run(ADD, [3, 'c']);
      void sql.run(ADD, [1, 'twice']);
      await Promise.resolve();
    }),
    failsAs('statement', '23505'),
  );
  let leaked: (() => Promise<unknown>) | null = null;
  await db.transaction(async (sql) => {
    leaked = () => sql.run(ADD, [4, 'late']);
    await sql.query(READ);
  });
  await assert.rejects((leaked as unknown as () => Promise<unknown>)(), /the transaction is over/);
  assert.equal((await db.query(READ)).length, 2);
});

test('a snapshot sees one moment, and writes nothing', { skip }, async (t) => {
  const url = await bareDatabase(t);
  await makeNotes(url);
  const db = openOn(t, url);
  const seen = await db.snapshot(async (sql) => {
    const first = await sql.query(READ);
    await db.transaction((other) => other.run(ADD, [3, 'c']));
    return [first.length, (await sql.query(READ)).length];
  });
  assert.deepEqual(seen, [2, 2]);
  await assert.rejects(
    db.snapshot((sql) => sql.run(ADD, [4, 'd'])),
    failsAs('unavailable', '25006'),
  );
});

test('a deadlock is tried again', { skip }, async (t) => {
  const url = await bareDatabase(t);
  await makeNotes(url);
  const db = openOn(t, url);
  let calls = 0;
  let held = 0;
  let bothHaveOne: () => void = () => undefined;
  const met = new Promise<void>((resolve) => {
    bothHaveOne = resolve;
  });
  const change = (first: number, second: number, text: string): Promise<void> =>
    db.transaction(async (sql) => {
      calls += 1;
      await sql.run(CHANGE, [first, text]);
      held += 1;
      if (held === 2) bothHaveOne();
      await met;
      await sql.run(CHANGE, [second, text]);
    });
  await Promise.all([change(1, 2, 'one'), change(2, 1, 'two')]);
  assert.equal(calls, 3);
  const [[, left], [, right]] = (await db.query(READ)) as [[number, string], [number, string]];
  assert.equal(left, right);
});

test('a transaction that never succeeds is tried four times', { skip }, async (t) => {
  const url = await bareDatabase(t);
  const db = openOn(t, url);
  let calls = 0;
  const fail = statement('fail', '');
  const text = `DO $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '40001'; END $$`;
  await assert.rejects(
    db.transaction(async (sql) => {
      calls += 1;
      await sql.run({ ...fail, text });
    }),
    failsAs('unavailable', '40001'),
  );
  assert.equal(calls, 4);
});

test('connections and waiting questions are bounded', { skip }, async (t) => {
  const url = await bareDatabase(t);
  const db = openOn(t, url, { connections: 2, waitingMax: 3 });
  const unlock = await holdLock(t, url, 7);
  const busy = [db.query(WAIT), db.query(WAIT)];
  await eventually('two busy connections', () => db.stats.busy === 2);
  const waiting = [db.query(WAIT), db.query(WAIT), db.query(WAIT)];
  await assert.rejects(db.query(WAIT), failsAs('unavailable'));
  const { connections, refused } = db.stats;
  assert.deepEqual(
    { connections, waiting: db.stats.waiting, refused },
    { connections: 2, waiting: 3, refused: 1 },
  );
  const count =
    "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'parley' AND datname = current_database()";
  assert.deepEqual(await onServer(url, count), [[2]]);
  await unlock();
  await Promise.all([...busy, ...waiting]);
  assert.equal(db.stats.busy, 0);
});

test('close waits for what is under way, and refuses the rest', { skip }, async (t) => {
  const url = await bareDatabase(t);
  const db = openOn(t, url, { connections: 1 });
  const unlock = await holdLock(t, url, 7);
  const busy = db.query(WAIT);
  await eventually('a busy connection', () => db.stats.busy === 1);
  const closed = db.close();
  await assert.rejects(db.query(WAIT), failsAs('unavailable'));
  await unlock();
  assert.equal((await busy).length, 1);
  await closed;
  assert.equal(db.stats.connections, 0);
});
