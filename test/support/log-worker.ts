import { workerData } from 'node:worker_threads';
import { logToParent } from '../../server/runtime/log/log-port.ts';

/** A thread that logs a number of lines in one go and ends at once. `done` is told before, so that whoever stands still until
 *  then has taken in none of them. */
export interface LogWorkerData {
  readonly lines: readonly string[];
  readonly done: Int32Array;
}

const { lines, done } = workerData as LogWorkerData;
const log = logToParent();
for (const line of lines) log(line);
Atomics.store(done, 0, 1);
Atomics.notify(done, 0);
process.exit(1);
