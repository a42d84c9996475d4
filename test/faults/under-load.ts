import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DATABASE_FILE } from '../../server/storage/sqlite/open.ts';
import { assertIntact, HistoryCheck } from '../crash/check.ts';
import { CrashClient } from '../crash/client.ts';
import { assertAllReceived, settled } from '../crash/rounds.ts';
import { eventually } from '../support/eventually.ts';
import { Ledger } from '../support/ledger.ts';
import { pairsOn } from '../support/placed-pairs.ts';
import type { RandomSource } from '../support/random-source.ts';
import { type FaultOrder, ServerProcess } from '../support/server-process.ts';
import { tempDir, type Scope } from '../support/temp-dir.ts';

/** Odd: the hash of a pair has the parity of its two people's, so of an even number some hold no pair of their own. */
const SHARDS = 3;
const ANSWER_MS = 15_000;

/** A server that may be struck, and people who write all the time. */
export interface Load {
  readonly server: ServerProcess;
  /** By shard: those of whom everything lives there. */
  readonly on: readonly [readonly CrashClient[], readonly CrashClient[]];
  readonly all: readonly CrashClient[];
  readonly history: HistoryCheck;
}

export const underLoad = async (scope: Scope, random: RandomSource): Promise<Load> => {
  const settings = { PARLEY_SHARDS: String(SHARDS), PARLEY_TEST_FAULTS: '1' };
  const server = await ServerProcess.start(scope, settings);
  const ledger = new Ledger(join(tempDir(scope), 'ledger.jsonl'));
  scope.after(() => {
    ledger.close();
  });
  const clientsOn = async (shard: number): Promise<readonly CrashClient[]> =>
    (await pairsOn(scope, server, { shard, shards: SHARDS, pairs: 2 })).flatMap(([a, b]) => [
      new CrashClient(a, b, ledger, random.fork()),
      new CrashClient(b, a, ledger, random.fork()),
    ]);
  const on = [await clientsOn(0), await clientsOn(1)] as const;
  const all = on.flat();
  await Promise.all(all.map((client) => client.start(true)));
  await moreAcks(all, 20);
  return { server, on, all, history: new HistoryCheck(ledger) };
};

/** Waits until each of them has `count` further acknowledgements. */
export const moreAcks = async (clients: readonly CrashClient[], count: number): Promise<void> => {
  const wanted = clients.map((client) => client.acks + count);
  try {
    await eventually(
      'everybody to be answered',
      () => clients.every(({ acks }, i) => acks >= (wanted[i] ?? 0)),
      ANSWER_MS,
    );
  } catch (error) {
    const silent = clients
      .filter(({ acks }, i) => acks < (wanted[i] ?? 0))
      .map((client) => client.describe());
    throw new Error(`these were not answered:\n${silent.join('\n')}`, { cause: error });
  }
};

/** Strikes once and measures how long each person waited for an answer. */
export const strike = async ({ server, all }: Load, order: FaultOrder): Promise<void> => {
  for (const client of all) client.listen();
  server.fault(order);
  await server.run.line('thread.restarted', ({ thread }) => thread === order.thread);
  await moreAcks(all, 20);
};

export const longestSilence = (clients: readonly CrashClient[]): number =>
  Math.max(...clients.map((each) => each.longestSilenceMs));

/** All that was ever begun is acknowledged, stored once and received once; the server stops in order. */
export const assertNothingLost = async ({ server, all, history }: Load): Promise<void> => {
  await settled(all);
  await history.run(all);
  await assertAllReceived(all, history.stored);
  assert.deepEqual(
    all.flatMap(({ breaches }) => breaches),
    [],
  );
  assert.equal((await server.kill('SIGTERM')).code, 0);
  assertIntact(server.dataDir, DATABASE_FILE);
};
