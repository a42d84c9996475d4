import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { CrashClient } from '../crash/client.ts';
import { within } from '../support/deadline.ts';
import { pairsOn } from '../support/placed-pairs.ts';
import { seededRandom } from '../support/random-source.ts';
import { testInExtended, testInFull } from '../support/scale.ts';
import { ServerProcess, type FaultOrder } from '../support/server-process.ts';
import { assertNothingLost, type Load, longestSilence, strike, underLoad } from '../faults/under-load.ts';

/** A wait that is too long is measured again: a busy machine's other work is not the server's. */
const ATTEMPTS = 3;
/** Those who live elsewhere share the processor with a thread that starts, no more. */
const OTHERS_MS = 500;
/** What a fault may cost those it strikes (P8); a hang must first be noticed. */
const SILENCE_MS = { throw: 1000, exit: 1000, hang: 3000 } as const;

const loaded = (t: TestContext): Promise<Load> =>
  underLoad(
    t,
    seededRandom(undefined, (line) => {
      t.diagnostic(line);
    }),
  );

/** Strikes until once nobody waited too long, or for good. */
const strikeWithin = async (
  t: TestContext,
  load: Load,
  order: FaultOrder,
  bounds: readonly (readonly [who: string, clients: readonly CrashClient[], ms: number])[],
): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    await strike(load, order);
    const waits = bounds
      .map(([who, clients]) => `${who} waited ${longestSilence(clients).toFixed()} ms`)
      .join(', ');
    t.diagnostic(waits);
    if (bounds.every(([, clients, ms]) => longestSilence(clients) <= ms)) return;
    assert.ok(attempt < ATTEMPTS, waits);
  }
};

/** Every kind of death of either thread, without bounds, is in faults/faults too. */
for (const fault of ['throw', 'exit', 'hang'] as const) {
  (fault === 'throw' ? test : testInFull)(
    `[P8] a shard lost by ${fault} under load: its people wait a second, the others do not notice`,
    async (t) => {
      const load = await loaded(t);
      const [struck, others] = load.on;
      await strikeWithin(t, load, { fault, thread: 'shard:0' }, [
        ['struck', struck, SILENCE_MS[fault]],
        ['others', others, OTHERS_MS],
      ]);
      await assertNothingLost(load);
    },
  );

  (fault === 'hang' ? testInExtended : testInFull)(
    `[P8] the writer lost by ${fault} under load: everybody waits a second, nothing acknowledged is lost`,
    async (t) => {
      const load = await loaded(t);
      await strikeWithin(t, load, { fault, thread: 'writer' }, [['all', load.all, SILENCE_MS[fault]]]);
      await assertNothingLost(load);
    },
  );
}

testInFull('[P8] a shard out of memory costs itself alone', async (t) => {
  const load = await loaded(t);
  await strike(load, { fault: 'oom', thread: 'shard:1' });
  await assertNothingLost(load);
});

testInExtended(
  '[P8] a thread that dies again and again ends the process with 70, for what stands outside to start it',
  async (t) => {
    const server = await ServerProcess.start(t, { PARLEY_SHARDS: '1', PARLEY_TEST_FAULTS: '1' });
    for (let death = 1; death <= 5; death += 1) {
      server.fault({ fault: 'exit', thread: 'shard:0' });
      await server.run.line('thread.restarted');
    }
    server.fault({ fault: 'exit', thread: 'shard:0' });
    assert.equal((await within(10_000, 'the process to give up', server.run.exited)).code, 70);
    await server.restart();
  },
);

test('without PARLEY_TEST_FAULTS an order to die is nothing', async (t) => {
  const server = await ServerProcess.start(t);
  server.fault({ fault: 'exit', thread: 'writer' });
  const [ada] = await pairsOn(t, server, { shard: 0, shards: 1, pairs: 1 });
  assert.ok(ada);
  assert.doesNotMatch(server.run.output, /thread\.lost/);
});
