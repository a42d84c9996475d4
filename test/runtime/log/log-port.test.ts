import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { LogPorts } from '../../../server/runtime/log/log-port.ts';

/** What the main thread has of a worker that logs, and is gone before the main thread looks. */
const linesOf = async (lines: readonly string[]): Promise<{ taken: string[]; dropped: number }> => {
  const taken: string[] = [];
  let dropped = 0;
  const ports = new LogPorts(() => ({
    write: (line) => taken.push(line),
    countDropped: (count) => (dropped += count),
  }));
  const done = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('../../support/log-worker.js', import.meta.url), {
    workerData: { lines, done },
  });
  worker.on('message', (message) => {
    ports.adopt(message);
  });
  // This thread stands still until the worker has said everything.
  Atomics.wait(done, 0, 0);
  await once(worker, 'exit');
  ports.drain();
  return { taken, dropped };
};

test('[X1] the last lines of a thread that ends are there, in their order', async () => {
  const lines = Array.from({ length: 100 }, (_, n) => `line ${String(n)}\n`);
  assert.deepEqual(await linesOf(lines), { taken: lines, dropped: 0 });
});

test('[P9] [X1] a thread whose lines are not taken in keeps 256 KiB of them and counts the rest', async () => {
  const line = `${'x'.repeat(1023)}\n`;
  const { taken, dropped } = await linesOf(Array.from({ length: 300 }, () => line));
  assert.deepEqual([taken.length, dropped], [256, 44]);
});

test('other messages of a worker are left alone', () => {
  const ports = new LogPorts(() => assert.fail('no line'));
  for (const message of [null, 'x', {}, { logPort: 1, onTheWay: new Int32Array(2) }]) ports.adopt(message);
  ports.drain();
});
