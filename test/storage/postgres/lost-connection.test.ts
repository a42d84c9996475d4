import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PostgresMaintenance } from '../../../server/storage/postgres/maintenance.ts';
import { statement } from '../../../server/storage/postgres/sql.ts';
import { freePort } from '../../../perf/machine/free-port.ts';
import { CuttingProxy } from '../../support/cutting-proxy.ts';
import { eventually } from '../../support/eventually.ts';
import { silentLog } from '../../support/hosts.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { bareDatabase, holdLock, onServer, optionsOf, withoutPostgres } from '../../support/postgres.ts';
import { ADD, failsAs, makeNotes, openOn, PID, READ, WAIT } from './stage.ts';

const skip = withoutPostgres;

const socketOf = (url: string): { path: string } | { host: string; port: number } => {
  const { host, port } = optionsOf(url).hosts[0]!;
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${String(port)}` } : { host, port };
};

const terminate = async (url: string, pid: number): Promise<void> => {
  await onServer(url, `SELECT pg_terminate_backend(${String(pid)}, 10000)`);
};

test('a connection that was ended between statements is replaced', { skip }, async (t) => {
  const url = await bareDatabase(t);
  const db = openOn(t, url, { connections: 1 });
  const [[first]] = (await db.query(PID)) as [[number]];
  await terminate(url, first);
  await eventually('the lost connection to be seen', () => db.stats.lost === 1);
  // Its prepared statements went with it: the same ones are prepared again.
  const [[second]] = (await db.query(PID)) as [[number]];
  assert.notEqual(second, first);
});

test('a connection that ends during a statement fails what is under way', { skip }, async (t) => {
  const url = await bareDatabase(t);
  await makeNotes(url);
  const db = openOn(t, url, { connections: 1 });
  await holdLock(t, url, 7);
  await assert.rejects(
    db.transaction(async (sql) => {
      const [[pid]] = (await sql.query(PID)) as [[number]];
      const failing = [sql.run(ADD, [3, 'c']), sql.query(WAIT), sql.query(READ)];
      await terminate(url, pid);
      await Promise.all(failing);
    }),
    failsAs('unavailable', '57P01'),
  );
  assert.equal((await db.query(READ)).length, 2);
});

test('a host that stays in a transaction loses it', { skip }, async (t) => {
  const url = await bareDatabase(t);
  await makeNotes(url);
  const db = openOn(t, url);
  await assert.rejects(
    db.transaction(async (sql) => {
      await sql.run(ADD, [3, 'c']);
      await eventually('the server to end the transaction', () => db.stats.lost === 1);
      await sql.run(ADD, [4, 'd']);
    }),
    failsAs('unavailable', '25P03'),
  );
  assert.equal((await db.query(READ)).length, 2);
});

test('a session that was reset is replaced', { skip }, async (t) => {
  const db = openOn(t, await bareDatabase(t), { connections: 1 });
  await db.query(PID);
  await db.query(statement('', 'DISCARD ALL'));
  await assert.rejects(db.query(PID), failsAs('unavailable', '26000'));
  assert.equal((await db.query(PID)).length, 1);
  assert.equal(db.stats.lost, 1);
});

test('a session whose statements no longer fit the tables is replaced', { skip }, async (t) => {
  const url = await bareDatabase(t);
  await makeNotes(url);
  const db = openOn(t, url, { connections: 1 });
  const all = statement<unknown[]>('all', 'SELECT * FROM notes ORDER BY id');
  await db.query(all);
  await onServer(url, 'ALTER TABLE notes ADD COLUMN more int');
  await assert.rejects(db.query(all), failsAs('unavailable', '0A000'));
  assert.deepEqual((await db.query(all))[0], [1, 'a', null]);
});

test(
  'a database that does not answer loses the connection, and nothing is cancelled',
  { skip },
  async (t) => {
    const url = await bareDatabase(t);
    for (const [purpose, ms] of [
      ['write', 5_000],
      ['read', 9_000],
      ['background', 30_000],
    ] as const) {
      const clock = new ManualClock();
      const db = openOn(t, url, { purpose, clock });
      const unlock = await holdLock(t, url, 7);
      const question = db.query(WAIT);
      const lost = assert.rejects(question, failsAs('unavailable', 'ETIMEDOUT'));
      await eventually('a question under way', () => db.stats.busy === 1);
      clock.advance(ms - 1);
      assert.equal(db.stats.lost, 0);
      clock.advance(1);
      await lost;
      assert.equal(db.stats.lost, 1);
      const waiting =
        "SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()";
      assert.deepEqual(await onServer(url, waiting), [[1]]);
      await unlock();
    }
  },
);

test('a database that hangs is asked again ever more seldom', { skip }, async (t) => {
  const url = await bareDatabase(t);
  const clock = new ManualClock();
  const db = openOn(t, url, { connections: 1, clock });
  await holdLock(t, url, 7);
  for (const backOffMs of [50, 100, 200]) {
    const lost = assert.rejects(db.query(WAIT), failsAs('unavailable', 'ETIMEDOUT'));
    await eventually('a question under way', () => db.stats.busy === 1);
    clock.advance(5_000);
    await lost;
    clock.advance(backOffMs - 1);
    await assert.rejects(db.query(PID), failsAs('unavailable', 'ETIMEDOUT'));
    clock.advance(1);
  }
  assert.equal((await db.query(PID)).length, 1);
});

test('a database whose host is dark is closed nevertheless', { skip }, async (t) => {
  const url = await bareDatabase(t);
  const proxy = await CuttingProxy.start(t, socketOf(url));
  const clock = new ManualClock();
  const db = openOn(t, url, { hosts: [{ host: '127.0.0.1', port: proxy.port }], clock });
  await db.query(PID);
  proxy.goDark();
  const closed = db.close();
  clock.advance(500);
  await closed;
});

test('background work that hangs does not keep the stop waiting', { skip }, async (t) => {
  const url = await bareDatabase(t);
  const clock = new ManualClock();
  const db = openOn(t, url, { purpose: 'background', clock });
  await holdLock(t, url, 7);
  const waiting = db.transaction((sql) => sql.query(WAIT));
  await eventually('a question under way', () => db.stats.busy === 1);
  const maintenance = new PostgresMaintenance(
    { transaction: () => waiting as never },
    () => Promise.resolve([]),
    clock,
    silentLog,
  );
  maintenance.start();
  clock.advance(250);
  const stopped = maintenance.stop();
  clock.advance(500);
  await stopped;
  const failed = assert.rejects(waiting, failsAs('unavailable'));
  const closed = db.close();
  clock.advance(500);
  await Promise.all([closed, failed]);
});

test('a COMMIT that was cut off has an unknown outcome', { skip }, async (t) => {
  const url = await bareDatabase(t);
  await makeNotes(url);
  const proxy = await CuttingProxy.start(t, socketOf(url));
  const db = openOn(t, url, { hosts: [{ host: '127.0.0.1', port: proxy.port }] });
  for (const [when, id] of [
    ['after', 3],
    ['before', 4],
  ] as const) {
    proxy.cut = { word: 'COMMIT\0', when };
    await assert.rejects(
      db.transaction((sql) => sql.run(ADD, [id, when])),
      failsAs('unknown-outcome'),
    );
    proxy.cut = null;
  }
  // The server may not have seen the end of the second one yet, but it can't commit it.
  assert.deepEqual(
    (await db.query(READ)).map(([id]) => id),
    [1, 2, 3],
  );
});

test('a failed attempt is followed by a pause, in which questions fail at once', { skip }, async (t) => {
  const url = await bareDatabase(t);
  const clock = new ManualClock();
  const port = await freePort();
  const db = openOn(t, url, { clock, hosts: [{ host: '127.0.0.1', port }] });
  for (const pause of [50, 100, 200, 400, 800, 1_600, 2_000, 2_000]) {
    const { failedConnects } = db.stats;
    await assert.rejects(db.query(PID), failsAs('unavailable', 'ECONNREFUSED'));
    clock.advance(pause - 1);
    await assert.rejects(db.query(PID), failsAs('unavailable', 'ECONNREFUSED'));
    assert.equal(db.stats.failedConnects, failedConnects + 1);
    clock.advance(1);
  }
});

test(
  'whoever reads in that pause waits for the next attempt, and is answered by a database that is back',
  { skip },
  async (t) => {
    const url = await bareDatabase(t);
    const clock = new ManualClock();
    const proxy = await CuttingProxy.start(t, socketOf(url));
    const at = { host: '127.0.0.1', port: proxy.port };
    const hosts = [{ host: '127.0.0.1', port: await freePort() }];
    const db = openOn(t, url, { purpose: 'read', connections: 1, clock, hosts });
    await assert.rejects(db.query(PID), failsAs('unavailable', 'ECONNREFUSED'));
    const inVain = assert.rejects(db.query(PID), failsAs('unavailable', 'ECONNREFUSED'));
    assert.deepEqual([db.stats.waiting, db.stats.failedConnects], [1, 1]);
    clock.advance(50);
    await inVain;
    hosts[0] = at;
    const answered = db.query(PID);
    clock.advance(99);
    assert.deepEqual([db.stats.waiting, db.stats.failedConnects], [1, 2]);
    clock.advance(1);
    assert.equal((await answered).length, 1);
    assert.equal(db.stats.waiting, 0);
  },
);

test('the first host that answers is used', { skip }, async (t) => {
  const url = await bareDatabase(t);
  const closed = { host: '127.0.0.1', port: await freePort() };
  const db = openOn(t, url, { connections: 1, hosts: [closed, ...optionsOf(url).hosts] });
  assert.equal((await db.query(PID)).length, 1);
});
