import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Client } from 'pg';
import { twoPeople } from '../support/chat-client.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { within } from '../support/deadline.ts';
import { eventually } from '../support/eventually.ts';
import { clientOptions, onServer } from '../support/postgres-client.ts';
import { withoutOwnPostgres as skip } from '../support/postgres-missing.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { assertAway, onOwnPostgres, serverAt, Talkers, untilReady } from '../support/postgres-stage.ts';
import { testInFull } from '../support/scale.ts';
import { failedStart, onPostgres, ServerRun, type Settings } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { freePort } from '../../perf/machine/free-port.ts';

const IDS = Array.from({ length: 6 }, () => crypto.randomUUID());

for (const how of ['kill -9', 'an immediate stop'] as const) {
  (how === 'kill -9' ? test : testInFull)(
    `[P1][P2] ${how} of PostgreSQL: connections stay, nothing is acknowledged, and all goes on by itself`,
    { skip },
    async (t) => {
      const { database, server } = await onOwnPostgres(t);
      const talkers = await Talkers.on(t, server);
      const first = crypto.randomUUID();
      await talkers.acked(first);
      await (how === 'kill -9' ? database.crash() : database.stop());
      for (const id of IDS) await talkers.unavailable(id);
      await assertAway(server, talkers.ada);
      await talkers.a.roundTrip();

      await database.start();
      await untilReady(server);
      talkers.assertOpen();
      const answers = [];
      for (const id of IDS) answers.push(await talkers.untilAcked(id));
      assert.deepEqual(
        answers.map(({ seq }) => seq),
        IDS.map((_, i) => i + 2),
      );
      // Each repeat has the first answer.
      for (const [i, id] of IDS.entries()) assert.deepEqual(await talkers.acked(id), answers[i]);
      await talkers.assertStored([first, ...IDS]);
      await server.run.line('store.fault', ({ kind }) => kind === 'unreachable');
      assert.equal((await server.kill('SIGTERM')).code, 0, server.run.output);
    },
  );
}

/** With the zero behind it, or BEGIN … READ COMMITTED is meant too. */
const COMMIT = 'COMMIT\0';

/** A server that reaches its database through a proxy. */
const behindProxy = async (t: TestContext, settings: Settings = {}) => {
  const database = await PostgresServer.start(t);
  const proxy = await CuttingProxy.start(t, { path: database.socket });
  const url = `postgres://parley@127.0.0.1:${String(proxy.port)}/postgres?sslmode=disable`;
  return { database, proxy, server: await serverAt(t, url, settings) };
};

for (const when of ['before', 'after'] as const) {
  test(
    `[P1][P2] the connection ends ${when} COMMIT: no acknowledgement, and the repeat finds out`,
    { skip },
    async (t) => {
      const { proxy, server } = await behindProxy(t);
      const talkers = await Talkers.on(t, server);
      const first = crypto.randomUUID();
      await talkers.acked(first);
      proxy.cut = { word: COMMIT, when };
      const lost = await talkers.unavailable();
      proxy.cut = null;
      const answer = await talkers.untilAcked(lost);
      assert.equal(answer.seq, 2);
      assert.deepEqual(await talkers.acked(lost), answer);
      const last = crypto.randomUUID();
      await talkers.acked(last);
      await talkers.assertStored([first, lost, last]);
      talkers.assertOpen();
    },
  );
}

test(
  '[P4] a message whose commit was not answered reaches all open connections, without a repeat or a further message',
  { skip },
  async (t) => {
    const { proxy, server } = await behindProxy(t);
    const talkers = await Talkers.on(t, server);
    const device = await talkers.ada.online();
    proxy.cut = { word: COMMIT, when: 'after' };
    const lost = await talkers.unavailable();
    proxy.cut = null;
    await talkers.assertStored([lost]);
    await device.socket.next('message', ({ payload }) => payload.message_id === lost);
    await talkers.acked(lost);
  },
);

test(
  'a frozen PostgreSQL: answers come within seconds, and all goes on when it runs again',
  { skip },
  async (t) => {
    const { database, server } = await onOwnPostgres(t);
    const talkers = await Talkers.on(t, server);
    await talkers.acked(IDS[0]);
    database.freeze();
    const late = await talkers.unavailable();
    await assertAway(server, talkers.ada);
    database.thaw();
    await untilReady(server);
    talkers.assertOpen();
    await talkers.untilAcked(late);
    await talkers.assertStored([IDS[0] ?? '', late]);
  },
);

for (const how of ['away', 'frozen'] as const) {
  (how === 'frozen' ? test : testInFull)(
    `SIGTERM while PostgreSQL is ${how}: the server ends within 10 s`,
    { skip },
    async (t) => {
      const { database, server } = await onOwnPostgres(t);
      const talkers = await Talkers.on(t, server);
      await talkers.acked();
      if (how === 'away') await database.crash();
      else database.freeze();
      talkers.a.send('message', { recipient_id: talkers.ben.id, content: 'not yet' });
      const exit = await within(10_000, 'the server to end', server.kill('SIGTERM'));
      assert.deepEqual(exit, { code: 0, signal: null }, server.run.output);
    },
  );
}

test('rows that another program has locked: its users wait, the others go on', { skip }, async (t) => {
  const { database, server } = await onOwnPostgres(t);
  const talkers = await Talkers.on(t, server);
  const [cleo, dan] = await twoPeople(t, server);
  const c = await cleo.online();
  await talkers.acked(IDS[0]);
  const other = new Client(clientOptions(database.url()));
  other.on('error', () => undefined);
  await other.connect();
  await other.query('BEGIN');
  // Of two users who share a batch with others, the one that is locked last.
  await other.query(
    `SELECT FROM heads h JOIN users u ON u.row = h.user_row WHERE u.id = '${talkers.ben.id}' FOR UPDATE OF h`,
  );
  // The one who waits tries again and again, and shares batches with the others.
  const waiting = talkers.untilAcked(IDS[1] ?? '', 60_000);
  const a = await talkers.ada.online();
  const served: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const [from, to] = n % 2 === 0 ? [c.socket, dan] : [a.socket, cleo];
    const id = crypto.randomUUID();
    const since = performance.now();
    await eventually('the others to be served', async () => {
      from.send('message', { recipient_id: to.id, content: 'meanwhile' }, id);
      return (await from.answerTo(id)).type === 'ack';
    });
    served.push(Math.round(performance.now() - since));
  }
  t.diagnostic(`served after ${served.join(', ')} ms`);
  const blocked = talkers.a.received.filter(({ type }) => type === 'error').length;
  assert.ok(blocked > 0, 'the one who waits was not answered');
  // Nobody is left behind in the database who holds the locks of others: there wait one batch, and one write about a connection of the
  // locked user, which locks nobody else.
  const [[held]] = (await onServer(
    database.url(),
    `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'parley' AND wait_event_type = 'Lock'`,
  )) as [[number]];
  assert.ok(held <= 2, `${String(held)} transactions wait for the lock`);
  await other.query('COMMIT');
  await waiting;
  await talkers.assertStored(IDS.slice(0, 2));
  talkers.assertOpen();
});

testInFull(
  'the figures tell of connections, of those that were lost, and of commits without an answer',
  { skip },
  async (t) => {
    const { database, proxy, server } = await behindProxy(t, { PARLEY_METRICS_PORT: '0' });
    const metrics = await metricsUrl(server);
    const figure = (name: string, thread: string): Promise<number> =>
      figureOf(metrics, `parley_db_${name}{thread="${thread}"}`);
    const eachHas = (name: string, threads: readonly string[]): Promise<void> =>
      eventually(`${name} of ${threads.join(', ')}`, async () =>
        (await Promise.all(threads.map((thread) => figure(name, thread)))).every((value) => value > 0),
      );
    const talkers = await Talkers.on(t, server);
    await talkers.acked();
    await talkers.ada.get('/conversations');
    await eachHas('connections', ['writer', 'edge', 'shard:0', 'helper:reading']);
    assert.equal(await figure('unknown_outcomes_total', 'writer'), 0);
    proxy.cut = { word: COMMIT, when: 'after' };
    await talkers.unavailable();
    proxy.cut = null;
    await eachHas('unknown_outcomes_total', ['writer']);
    await eachHas('lost_total', ['writer']);
    await database.crash();
    await talkers.unavailable();
    await assertAway(server, talkers.ada);
    await eachHas('failed_connects_total', ['writer', 'edge']);
    await eventually('no connection to be left', async () => (await figure('connections', 'writer')) === 0);
    assert.equal(await figure('waiting_questions', 'writer'), 0);
  },
);

/** A start that is under way. */
const starting = async (t: TestContext, url: string): Promise<ServerRun> => {
  const port = String(await freePort());
  const folder = tempDir(t);
  const run = new ServerRun(
    { PARLEY_PORT: port, PARLEY_DATA_DIR: folder, PARLEY_SHARDS: '1', ...onPostgres(url) },
    folder,
  );
  t.after(async () => {
    await run.kill();
  });
  return run;
};

test('a start without the database waits, says so, and goes on', { skip }, async (t) => {
  const database = await PostgresServer.start(t);
  await database.stop();
  const run = await starting(t, database.url());
  await run.line('store.waiting');
  await database.start();
  await run.listening();
  assert.equal((await run.kill('SIGTERM')).code, 0);
});

test('a start that waits for the database ends at SIGTERM', { skip }, async (t) => {
  const database = await PostgresServer.start(t);
  await database.stop();
  const run = await starting(t, database.url());
  await run.line('starting');
  await within(5_000, 'the server to end', run.kill('SIGTERM'));
});

if (skip === false)
  testInFull('a start without the database ends after a minute with 74', async (t) => {
    const exit = await failedStart(
      t,
      onPostgres(`postgres://parley@127.0.0.1:${String(await freePort())}/parley`),
    );
    assert.equal(exit.code, 74);
    assert.match(exit.output, /can't be reached/);
  });

testInFull(
  'all connections of PostgreSQL are taken: the server waits, says so, and goes on',
  { skip },
  async (t) => {
    const { database, server } = await onOwnPostgres(t, {
      max_connections: '12',
      superuser_reserved_connections: '1',
    });
    const talkers = await Talkers.on(t, server);
    await talkers.acked(IDS[0]);
    const others: Client[] = [];
    t.after(async () => {
      await Promise.all(others.map((each) => each.end()));
    });
    for (let isFull = false; !isFull;) {
      const client = new Client(clientOptions(database.url()));
      client.on('error', () => undefined);
      isFull = await client.connect().then(
        () => false,
        () => true,
      );
      if (!isFull) others.push(client);
    }
    // What has its connections goes on.
    await talkers.acked(IDS[1]);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => talkers.ada.http('GET', '/conversations')),
    );
    for (const { status, text } of answers) assert.ok(status === 200 || status === 503, text);
    talkers.assertOpen();
    const late = await starting(t, database.url());
    await late.line('store.waiting', ({ reason }) =>
      /too many|remaining connection slots/.test(String(reason)),
    );
    await late.kill();
    await Promise.all(others.splice(0).map((each) => each.end()));
    await untilReady(server);
    await talkers.acked(IDS[2]);
    await talkers.assertStored(IDS.slice(0, 3));
  },
);

testInFull(
  'a database that begins transactions read-only by default is written to all the same',
  { skip },
  async (t) => {
    const { server } = await onOwnPostgres(t, { default_transaction_read_only: 'on' });
    const talkers = await Talkers.on(t, server);
    await talkers.acked(IDS[0]);
    await talkers.assertStored(IDS.slice(0, 1));
  },
);
