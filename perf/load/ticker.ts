import { workerData, type MessagePort } from 'node:worker_threads';

/** A thread that does nothing but say when it is time. Timers of an event loop are a millisecond coarse, which would be the
 *  better part of the latency that is to be measured; a futex wakes within some 60 µs. */
const { port, everyUs } = workerData as { port: MessagePort; everyUs: number };

const never = new Int32Array(new SharedArrayBuffer(4));
const startedMs = performance.now();
for (let tick = 1; ; tick += 1) {
  const waitMs = startedMs + (tick * everyUs) / 1000 - performance.now();
  if (waitMs > 0) Atomics.wait(never, 0, 0, waitMs);
  port.postMessage(0);
}
