import { signal } from './signal.ts';

/** What a connection or an answer takes on its way is no difference between two clocks. */
const SLACK_MS = 5_000;

/** How far the server's clock is ahead of this device's. Everything the server sends has its own times, so "now" has to be the
 *  server's too, or a message of this minute stands under "yesterday". Never for order, and not for how long something takes. */
export class ServerTime {
  /** Milliseconds; 0 while the two agree, or nothing is known. */
  readonly offset = signal(0);
  readonly #now: () => number;

  /** `now`: milliseconds since the epoch by this device. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The server said what time it is, just now. What can't be read is passed over. */
  learn(told: string): void {
    const offset = Date.parse(told) - this.#now();
    if (!Number.isFinite(offset)) return;
    const agreed = Math.abs(offset) < SLACK_MS ? 0 : offset;
    if (Math.abs(agreed - this.offset.get()) >= SLACK_MS || agreed === 0) this.offset.set(agreed);
  }

  /** Milliseconds since the epoch by the server's clock, as far as it is known. */
  now(): number {
    return this.#now() + this.offset.get();
  }
}
