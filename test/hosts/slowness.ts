import { pause } from '../support/deadline.ts';
import type { Scope } from '../support/temp-dir.ts';

const EVERY_MS = 100;
/** How long a moment of slowness counts. */
const REMEMBERED = 150;
/** What takes this process so much longer may take a chain of processes that wait for one another so many times as long. */
const CHAIN = 10;
const AT_MOST_MS = 20_000;

/** How late timers fire in this process: the machine may be busy with other work, and then bounds on time are to be taken less strictly. */
export class Slowness {
  readonly #lateMs: number[] = [];
  #isOver = false;

  constructor(scope: Scope) {
    scope.after(() => {
      this.#isOver = true;
    });
    void this.#measure();
  }

  /** What to add to a bound that holds on an idle machine. */
  get allowanceMs(): number {
    return Math.min(AT_MOST_MS, CHAIN * Math.max(0, ...this.#lateMs));
  }

  async #measure(): Promise<void> {
    while (!this.#isOver) {
      const started = performance.now();
      await pause(EVERY_MS);
      this.#lateMs.push(performance.now() - started - EVERY_MS);
      if (this.#lateMs.length > REMEMBERED) this.#lateMs.shift();
    }
  }
}
