import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertIntact, HistoryCheck } from '../crash/check.ts';
import { assertAllReceived, pairsOf, settled } from '../crash/rounds.ts';
import { pause } from '../support/deadline.ts';
import { Ledger } from '../support/ledger.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempDir } from '../support/temp-dir.ts';

/** SIGTERM under load. */
const ROUNDS = scaled({ sample: 2, long: 50 });
const PAIRS = 4;
const DATABASE = 'parley.db';

test('[P1] SIGTERM under load: exit 0, 1001 to everybody, nothing acknowledged is lost, the log is truncated', async (t) => {
  const random = chance(t);
  const ledger = new Ledger(join(tempDir(t), 'ledger.jsonl'));
  t.after(() => {
    ledger.close();
  });
  const server = await ServerProcess.start(t);
  const clients = await pairsOf(t, server, ledger, { pairs: PAIRS, fork: () => random.fork() });
  const history = new HistoryCheck(ledger);
  const stopMs: number[] = [];
  let farewells = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const starting = Promise.allSettled(clients.map((client) => client.start(true)));
    // Now and then before everybody has arrived.
    if (random.chance(0.8)) await starting;
    await pause(random.between(5, 500));
    const started = performance.now();
    const exit = await server.kill('SIGTERM');
    stopMs.push(performance.now() - started);
    assert.deepEqual(exit, { code: 0, signal: null }, server.run.output);
    const outcomes = await starting;
    for (const [at, client] of clients.entries()) {
      const closing = await client.closed;
      if (closing === null || outcomes[at]?.status === 'rejected') continue;
      assert.equal(closing.code, 1001, `round ${String(round)}`);
      farewells += 1;
      client.hangUp();
    }
    assert.equal(statSync(join(server.dataDir, `${DATABASE}-wal`), { throwIfNoEntry: false })?.size ?? 0, 0);
    assertIntact(server.dataDir, DATABASE);
    await server.restart();
    await history.run(clients);
    assert.deepEqual(
      clients.flatMap(({ breaches }) => breaches),
      [],
    );
  }
  await Promise.all(clients.map((client) => client.start(false)));
  await settled(clients);
  await history.run(clients);
  await assertAllReceived(clients, history.stored);
  const acked = clients.reduce((sum, { acks }) => sum + acks, 0);
  count(t, 'R-22', {
    rounds: ROUNDS,
    acked,
    farewells,
    longestMs: Math.round(Math.max(...stopMs)),
    seed: random.seed,
  });
  assert.ok(farewells > ROUNDS, 'most were there to be told');
});
