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

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, run) => new SystemTimer(setTimeout(run, ms)),
};
