import process from 'node:process';

/** Time as an argument. Only this file reads the real clock or sets real timers. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch: for labels and expiry, never for order. */
  now(): number;
  /** Milliseconds on a clock that never jumps: for durations. */
  monotonic(): number;
  after(ms: number, run: () => void): Timer;
}

/** Every connection has one: an object, and no function of its own. */
class SystemTimer implements Timer {
  readonly #handle: NodeJS.Timeout;

  constructor(handle: NodeJS.Timeout) {
    this.#handle = handle;
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }
}

const processMs = (): number => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
};

/** When this thread's monotonic clock began, on the one that all threads of the process share. The thread may lose the processor between
 *  two looks at the clocks, so the pair of looks counts that was closest together. */
const threadBegan = (): number => {
  let best = { gap: Infinity, began: 0 };
  for (let n = 0; n < 16; n += 1) {
    const before = processMs();
    const own = performance.now();
    const gap = processMs() - before;
    if (gap < best.gap) best = { gap, began: before + gap / 2 - own };
  }
  return best.began;
};
const THREAD_BEGAN_MS = threadBegan();

/** A moment of this thread's monotonic clock as microseconds on the clock that all threads of the process share. To within some
 *  microseconds. */
export const sharedMicros = (monotonicMs: number): number => (THREAD_BEGAN_MS + monotonicMs) * 1000;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, run) => new SystemTimer(setTimeout(run, ms)),
};
