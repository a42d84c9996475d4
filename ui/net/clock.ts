/** Time as an argument, so that tests can control it. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch by this device's clock. For labels and expiry, never for order. */
  now(): number;
  after(ms: number, run: () => void): Timer;
}

export const browserClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const handle = setTimeout(run, ms);
    return {
      cancel: () => {
        clearTimeout(handle);
      },
    };
  },
};
