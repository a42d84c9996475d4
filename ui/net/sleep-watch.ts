import type { Clock, Timer } from './clock.ts';

const TICK_MS = 10_000;
/** Longer than browsers delay the timers of a hidden window. */
const SLEPT_MS = 90_000;
/** After a delay of this length, it is worth asking whether the connection still works. */
const DOZED_MS = 20_000;

/** Detects that the device slept by a timer that fires much too late, because not all platforms have an event for it.
 *  Setting the clock looks the same, and costs one new connection. Returns a function that stops the watch. */
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
