import process from 'node:process';
import { workerData, type MessagePort } from 'node:worker_threads';

/** A thread that does nothing but say when it is time: every `everyUs` from `startNs`, on the clock that all threads share. Timers of an
 *  event loop are a millisecond coarse, which would be the better part of the latency that is to be measured; a futex wakes within some
 *  60 µs. Never early: what is due at a tick would have to wait for the next one. */
const { port, everyUs, startNs } = workerData as { port: MessagePort; everyUs: number; startNs: bigint };

const never = new Int32Array(new SharedArrayBuffer(4));
const leftMs = (tick: number): number =>
  (tick * everyUs) / 1000 - Number(process.hrtime.bigint() - startNs) / 1e6;

for (let tick = 0; ; tick += 1) {
  for (let ms = leftMs(tick); ms > 0; ms = leftMs(tick)) Atomics.wait(never, 0, 0, ms);
  port.postMessage(0);
}
