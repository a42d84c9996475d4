import type { Clock, Timer } from './clock.ts';

const TICK_MS = 10_000;
/** Later than a browser delays the timers of a window that nobody sees. */
const SLEPT_MS = 90_000;
/** Long enough to ask whether the connection still lives. */
const DOZED_MS = 20_000;

/** Notices by a timer that comes much too late that the device slept: no event tells that everywhere. A clock that is set looks
 *  the same, and costs one new connection. Returns what ends it. */
export const watchSleep = (clock: Clock, slept: () => void, dozed: () => void): (() => void) => {
  let timer: Timer | null = null;
  const tick = (): void => {
    const due = clock.now() + TICK_MS;
    timer = clock.after(TICK_MS, () => {
      const late = clock.now() - due;
      if (Math.abs(late) > SLEPT_MS) slept();
      else if (late > DOZED_MS) dozed();
      tick();
    });
  };
  tick();
  return () => timer?.cancel();
};
