import { signal } from '../model/signal.ts';

/** Smaller differences may come from the time that a frame or an answer takes. */
const SLACK_MS = 5_000;

/** How far the server's clock is ahead of this device's. All times from the server are by its clock, so "now" has to
 *  be too. Otherwise a message of this minute could appear under "yesterday". Never used for order or for durations. */
export class ServerTime {
  /** Milliseconds; 0 while the clocks agree, or nothing is known. */
  readonly offset = signal(0);
  readonly #now: () => number;

  /** `now`: milliseconds since the epoch by this device. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Learns the server's time from a fresh value. Ignores a text that is no time. */
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
