import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { sharedMicros, systemClock } from '../../server/runtime/clock.ts';

const now = (): number => sharedMicros(systemClock.monotonic());

/** Answers each message with its own time. */
const CODE = `
  import { parentPort } from 'node:worker_threads';
  const { sharedMicros, systemClock } = await import(process.env['CLOCK']);
  parentPort.on('message', () => parentPort.postMessage(sharedMicros(systemClock.monotonic())));
  parentPort.postMessage(0);
`;

test('moments of two threads are on one clock, whenever these have begun', async () => {
  const clock = new URL('../../server/runtime/clock.js', import.meta.url).href;
  const url = new URL(`data:text/javascript,${encodeURIComponent(CODE)}`);
  const worker = new Worker(url, { env: { CLOCK: clock } });
  await once(worker, 'message');
  for (let n = 0; n < 20; n += 1) {
    const before = now();
    worker.postMessage(n);
    const [there] = (await once(worker, 'message')) as [number];
    assert.ok(
      before - 100 <= there && there <= now() + 100,
      `${String(before)} ${String(there)} ${String(now())}`,
    );
  }
  await worker.terminate();
});
