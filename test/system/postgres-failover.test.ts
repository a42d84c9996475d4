import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatClient, expectStatus, freshName } from '../support/chat-client.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { onServer } from '../support/postgres-client.ts';
import { withoutOwnPostgres as skip } from '../support/postgres-missing.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import { onOwnPostgres, serverAt, Talkers, untilReady } from '../support/postgres-stage.ts';
import { SmallDisk } from '../support/small-disk.ts';

const CANT_MOUNT = 'not run: a disk of its own can’t be mounted here (root and CAP_SYS_ADMIN are needed)';
const newIds = (count: number): readonly string[] => Array.from({ length: count }, () => crypto.randomUUID());

test(
  '[P1][P2][P3] failover to a synchronous standby: nothing acknowledged is lost, and no restart is needed',
  { skip },
  async (t) => {
    const primary = await PostgresServer.start(t);
    const standby = await PostgresServer.startStandbyOf(t, primary);
    await onServer(primary.url(), "ALTER SYSTEM SET synchronous_standby_names = '*'");
    await onServer(primary.url(), 'SELECT pg_reload_conf()');
    await eventually('the standby to be waited for', async () => {
      const [[state] = ['']] = await onServer(primary.url(), 'SELECT sync_state FROM pg_stat_replication');
      return state === 'sync';
    });
    // On two addresses, as on two machines.
    const proxies = [
      await CuttingProxy.start(t, { path: primary.socket }),
      await CuttingProxy.start(t, { path: standby.socket }),
    ];
    const hosts = proxies.map(({ port }) => `127.0.0.1:${String(port)}`).join(',');
    const server = await serverAt(t, `postgres://parley@${hosts}/postgres?sslmode=disable`);
    assert.doesNotMatch(server.run.output, /store\.no-synchronous-standby/);
    const talkers = await Talkers.on(t, server);
    const before = newIds(20);
    for (const id of before) await talkers.acked(id);

    // Some of these may be stored on both, on one or on none: nobody knows until they are repeated.
    const between = newIds(10);
    const posting = between.map((id) => talkers.post(id));
    await primary.crash();
    const answers = await Promise.all(posting);
    const acked = answers.filter(({ type }) => type === 'ack').length;
    for (const answer of answers)
      if (answer.type === 'error') assert.equal(answer.payload.code, 'unavailable');
    t.diagnostic(`${String(acked)} of ${String(answers.length)} were acknowledged when the primary died`);
    // The standby alone is no place to write to.
    await talkers.unavailable(between.at(-1));

    await onServer(standby.url(), 'SELECT pg_promote()');
    const since = performance.now();
    await untilReady(server);
    t.diagnostic(`ready ${(performance.now() - since).toFixed()} ms after the promotion`);
    talkers.assertOpen();
    for (const id of between) await talkers.untilAcked(id);
    const last = crypto.randomUUID();
    await talkers.acked(last);
    await talkers.assertStored([...before, ...between, last]);
    expectStatus(await talkers.ada.http('GET', '/users/me'), 200);
  },
);

test(
  '[P1] a primary that became a standby takes no more writes, and the server says so',
  { skip },
  async (t) => {
    const { database, server } = await onOwnPostgres(t);
    const talkers = await Talkers.on(t, server);
    const [first = '', ...later] = newIds(3);
    await talkers.acked(first);
    await database.stop();
    database.demote();
    await database.start();
    for (const id of later) await talkers.unavailable(id);
    await server.run.line('store.fault', ({ kind }) => kind === 'standby');
    await onServer(database.url(), 'SELECT pg_promote()');
    await untilReady(server);
    for (const id of later) await talkers.untilAcked(id);
    await talkers.assertStored([first, ...later]);
    talkers.assertOpen();
  },
);

test(
  '[P1] the disk of the database is full: nothing is acknowledged, reads go on, and it recovers by itself',
  { skip },
  async (t) => {
    const disk = SmallDisk.mount(t, 24);
    if (disk === null) {
      console.error(`\n*** ${CANT_MOUNT} ***\n`);
      t.skip(CANT_MOUNT);
      return;
    }
    const database = await PostgresServer.start(t);
    database.own(disk.path);
    await onServer(database.url(), `CREATE TABLESPACE small LOCATION '${disk.path}'`);
    await onServer(database.url(), 'CREATE DATABASE parley TEMPLATE template0 TABLESPACE small');
    const server = await serverAt(t, database.url('parley'));
    const ada = await ChatClient.register(t, server, freshName('ada'));
    const ben = await ChatClient.register(t, server, freshName('ben'));
    const a = (await ada.online()).socket;
    const post = async (message: string): Promise<boolean> => {
      // Nothing that PostgreSQL could compress or keep in the pages that it has.
      const content = Array.from({ length: 100 }, () => crypto.randomUUID()).join(' ');
      a.send('message', { recipient_id: ben.id, content }, message);
      const answer = await a.answerTo(message);
      if (answer.type === 'error') assert.equal(answer.payload.code, 'unavailable');
      return answer.type === 'ack';
    };
    const { id } = await ada.conversationWith(ben);
    const acked: string[] = [];
    const refused: string[] = [];
    disk.fill();
    for (let n = 0; n < 400 && refused.length < 3; n += 1) {
      const message = crypto.randomUUID();
      ((await post(message)) ? acked : refused).push(message);
    }
    assert.equal(refused.length, 3, 'the disk was never full');
    await server.run.line('store.fault', ({ kind }) => kind === 'full');
    const stored = async (): Promise<readonly string[]> =>
      (await ben.history(id)).map(({ message_id }) => message_id);
    assert.deepEqual(await stored(), acked, 'all that was acknowledged, and nothing else');
    disk.free();
    await untilReady(server);
    for (const each of refused) await eventually('a message to be taken', () => post(each));
    assert.deepEqual(await stored(), [...acked, ...refused]);
  },
);
