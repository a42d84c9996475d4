import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Histogram } from './histogram.ts';
import { dueAt, dueBy } from './pacing.ts';

/** A log that is written over and over, as SQLite's is: a file that grows has its length synced too. */
const FILE_BYTES = 32 * 2 ** 20;
const FILLING = Buffer.alloc(2 ** 20, 1);

/** An open loop with nothing in it but the disk: all that is due is written to one file and synced together, by one thread that does
 *  nothing else. `dir` lies where the servers' folders do. Milliseconds from due to synced; no server that stores before it
 *  acknowledges is faster on the same disk. */
export const diskAlone = (
  dir: string,
  perSecond: number,
  bytes: number,
  seconds: number,
): { p50: number; p99: number } => {
  const file = openSync(join(dir, 'log'), 'w');
  try {
    for (let at = 0; at < FILE_BYTES; at += FILLING.length) writeSync(file, FILLING, 0, FILLING.length, at);
    fdatasyncSync(file);
    return paced(file, perSecond, bytes, seconds);
  } finally {
    closeSync(file);
  }
};

const paced = (file: number, perSecond: number, bytes: number, seconds: number) => {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const waits = new Histogram();
  const startedMs = performance.now();
  const elapsedUs = (): number => (performance.now() - startedMs) * 1000;
  let at = 0;
  for (let done = 0; done < perSecond * seconds;) {
    const now = elapsedUs();
    const due = dueBy(now, perSecond);
    if (due === done) {
      Atomics.wait(never, 0, 0, Math.max(0.05, (dueAt(done, perSecond) - now) / 1000));
      continue;
    }
    const length = Math.min((due - done) * bytes, FILLING.length);
    if (at + length > FILE_BYTES) at = 0;
    writeSync(file, FILLING, 0, length, at);
    fdatasyncSync(file);
    at += length;
    const synced = elapsedUs();
    for (; done < due; done += 1) waits.record(synced - dueAt(done, perSecond));
  }
  return { p50: waits.quantile(0.5) / 1000, p99: waits.quantile(0.99) / 1000 };
};
