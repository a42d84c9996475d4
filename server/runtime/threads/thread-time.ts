import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import process from 'node:process';

/** Linux: nanoseconds on a processor, nanoseconds in its queue, turns. */
const SCHEDSTAT = '/proc/thread-self/schedstat';

/** Microseconds of each kind. */
type CpuUsage = () => Readonly<Record<string, number>>;
/** Since Node 22.19. */
const threadCpuUsage = (process as { readonly threadCpuUsage?: CpuUsage }).threadCpuUsage;

let isReadable = process.platform === 'linux';

/** Milliseconds of a processor that the calling thread has used; null where the system does not tell. Reads a file of /proc with Node 20,
 *  which takes some 20 to 150 µs. */
export const threadCpuMs = (): number | null => {
  if (threadCpuUsage !== undefined) {
    const used = Object.values(threadCpuUsage());
    return used.reduce((sum, us) => sum + us, 0) / 1000;
  }
  if (!isReadable) return null;
  try {
    return Number(readFileSync(SCHEDSTAT, 'latin1').split(' ', 1)[0]) / 1e6;
  } catch {
    isReadable = false; // A kernel without these figures.
    return null;
  }
};

/** Milliseconds for which the event loop of the calling thread was not waiting for something to do. A disk that it waits for counts. */
export const loopBusyMs = (): number => performance.eventLoopUtilization().active;
