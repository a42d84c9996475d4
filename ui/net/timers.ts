import type { Clock, Timer } from './clock.ts';

/** Timers that can all be cancelled at once. After that, new ones are dropped. */
export class Timers {
  readonly #clock: Clock;
  readonly #open = new Set<Timer>();
  #isStopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(ms: number, run: () => void): void {
    if (this.#isStopped) return;
    const timer = this.#clock.after(ms, () => {
      this.#open.delete(timer);
      run();
    });
    this.#open.add(timer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#open) timer.cancel();
    this.#open.clear();
  }
}
