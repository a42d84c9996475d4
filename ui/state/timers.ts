import type { Clock, Timer } from '../net/clock.ts';

/** Things to be done later, all of which may be called off at once. After that nothing is put off any more: it is dropped. */
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
