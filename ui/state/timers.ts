import type { Clock, Timer } from '../net/clock.ts';

/** Things to be done later, all of which may be called off at once. */
export class Timers {
  readonly #clock: Clock;
  readonly #open = new Set<Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(ms: number, run: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#open.delete(timer);
      run();
    });
    this.#open.add(timer);
  }

  stop(): void {
    for (const timer of this.#open) timer.cancel();
    this.#open.clear();
  }
}
