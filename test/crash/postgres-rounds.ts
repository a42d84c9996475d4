import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pause } from '../support/deadline.ts';
import { Ledger } from '../support/ledger.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import type { RandomSource } from '../support/random-source.ts';
import { onPostgres, ServerProcess } from '../support/server-process.ts';
import { type Scope, tempDir } from '../support/temp-dir.ts';
import { metricsText, metricsUrl } from '../support/metrics.ts';
import { moreAcks } from '../faults/under-load.ts';
import { HistoryCheck } from './check.ts';
import type { CrashClient } from './client.ts';
import { assertDatabaseExact, assertUnreadExact } from './postgres-check.ts';
import { assertAllReceived, pairsOf, settled } from './rounds.ts';

/** What is killed: Parley, PostgreSQL, or both at nearly the same moment. */
export type Struck = 'parley' | 'database' | 'both';

interface PostgresRounds {
  readonly struck: Struck;
  readonly rounds: number;
  readonly random: RandomSource;
  readonly say: (line: string) => void;
}

export interface PostgresCounts {
  readonly rounds: number;
  readonly acked: number;
  readonly stored: number;
  /** From the moment when all that was killed runs again until everybody is answered, the longest. */
  readonly slowestMs: number;
}

const PAIRS = 4;
/** Milliseconds from the start of the load to the kill, from one kill to the other one, and until PostgreSQL is started again. */
const KILL_AFTER_MS = [5, 600] as const;
const APART_MS = 60;
const AWAY_MS = 1_200;

const READS_BACK_MS = 5_000;
const AGAIN_MS = 100;

interface Scene {
  readonly server: ServerProcess;
  readonly database: PostgresServer;
  readonly clients: readonly CrashClient[];
  readonly random: RandomSource;
}

/** Kills at random moments under load, as often as told. After each kill every acknowledged message must stand once, where its ack
 *  said, and all numbers in the database must agree. [P1][P2][P3][P4] */
export const postgresRounds = async (scope: Scope, options: PostgresRounds): Promise<PostgresCounts> => {
  const { rounds, struck, random, say } = options;
  const database = await PostgresServer.start(scope);
  const ledger = new Ledger(join(tempDir(scope), 'ledger.jsonl'));
  scope.after(() => {
    ledger.close();
  });
  const server = await ServerProcess.start(scope, {
    ...onPostgres(database.url()),
    PARLEY_SHARDS: '1',
    PARLEY_ACCESS_TTL_S: '86400',
    PARLEY_METRICS_PORT: '0',
  });
  const clients = await pairsOf(scope, server, ledger, { pairs: PAIRS, fork: () => random.fork() });
  const history = new HistoryCheck(ledger);
  const scene: Scene = { server, database, clients, random };
  const acks = (): number => clients.reduce((sum, client) => sum + client.acks, 0);
  let slowestMs = 0;
  await Promise.all(clients.map((client) => client.start(true)));
  for (let n = 1; n <= rounds; n += 1) {
    await pause(random.between(...KILL_AFTER_MS));
    const backMs = await STRIKES[struck](scene);
    slowestMs = Math.max(slowestMs, backMs);
    await settled(clients);
    const stored = await readBack(history, clients, () => databaseFigures(server));
    await assertDatabaseExact(database.url());
    assertNoBreach(clients);
    say(
      `${struck} ${String(n)}: all answered ${String(backMs)} ms after the start; ${String(acks())} acks, ${String(stored)} stored`,
    );
    for (const client of clients) client.goOn();
  }
  await settled(clients);
  await history.run(clients);
  await assertAllReceived(clients, history.stored);
  await assertDatabaseExact(database.url());
  await assertUnreadExact(database.url(), clients);
  assertNoBreach(clients);
  assert.ok(history.stored.size > rounds, 'there was no load worth the name');
  assert.equal((await server.kill('SIGTERM')).code, 0);
  // A repeated message is acknowledged again, and is one message all the same.
  return { rounds, acked: ledger.read().acked.size, stored: history.stored.size, slowestMs };
};

/** Connections for reads may still wait before they try again. */
const readBack = async (
  history: HistoryCheck,
  clients: readonly CrashClient[],
  figures: () => Promise<string>,
): Promise<number> => {
  const since = performance.now();
  for (;;) {
    try {
      return await history.run(clients);
    } catch (error) {
      const isAway = error instanceof Error && error.message.includes('got 503');
      if (!isAway) throw error;
      if (performance.now() - since > READS_BACK_MS)
        throw new Error(`reads are still refused:\n${await figures()}`, { cause: error });
      await pause(AGAIN_MS);
    }
  }
};

const databaseFigures = async (server: ServerProcess): Promise<string> =>
  (await metricsText(await metricsUrl(server)))
    .split('\n')
    .filter((line) => /^parley_(db|events)/.test(line))
    .join('\n');

const assertNoBreach = (clients: readonly CrashClient[]): void => {
  assert.deepEqual(
    clients.flatMap(({ breaches }) => breaches),
    [],
  );
};

/** Everybody connects anew, and sends again what has no answer. */
const reconnect = async (clients: readonly CrashClient[]): Promise<void> => {
  for (const client of clients) client.hangUp();
  await Promise.all(clients.map((client) => client.start(true)));
};

const killParley = async (server: ServerProcess): Promise<void> => {
  const exit = await server.kill('SIGKILL');
  assert.equal(exit.signal, 'SIGKILL', `the server ended by itself:\n${server.run.output}`);
};

/** Half of the times as the operator's tool does it (`pg_ctl stop -m immediate`). */
const killDatabase = async ({ database, random }: Scene): Promise<void> => {
  if (random.chance(0.5)) await database.crash();
  else await database.stop();
};

const answered = async (clients: readonly CrashClient[]): Promise<number> => {
  const since = performance.now();
  await moreAcks(clients, 3);
  return Math.round(performance.now() - since);
};

/** Each kills, starts again, and returns how long it took until everybody was answered. */
const STRIKES: Readonly<Record<Struck, (scene: Scene) => Promise<number>>> = {
  async parley({ server, clients }) {
    await killParley(server);
    await server.restart();
    await reconnect(clients);
    return await answered(clients);
  },

  /** The connections of the clients outlive it. */
  async database(scene) {
    const { server, database, clients, random } = scene;
    let closed = 0;
    for (const client of clients)
      void client.closed.then(() => {
        closed += 1;
      });
    await killDatabase(scene);
    await pause(random.between(0, AWAY_MS));
    await database.start();
    const backMs = await answered(clients);
    assert.equal(closed, 0, `a client's connection was closed:\n${server.run.output.slice(-3_000)}`);
    return backMs;
  },

  async both(scene) {
    const { server, database, clients, random } = scene;
    const first = random.chance(0.5);
    const late = random.between(0, APART_MS);
    await Promise.all([
      pause(first ? 0 : late).then(() => killParley(server)),
      pause(first ? late : 0).then(() => killDatabase(scene)),
    ]);
    const restarting = server.restart();
    await pause(random.between(0, AWAY_MS));
    await database.start();
    await restarting;
    await reconnect(clients);
    return await answered(clients);
  },
};
