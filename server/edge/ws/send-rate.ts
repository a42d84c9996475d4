import type { Clock } from '../../runtime/clock.ts';

/** Typing and presence frames of one user: at once, and per second [R4]. */
export const SIGNALS_BURST = 30;
export const SIGNALS_PER_S = 5;

/** Token buckets by person: `burst` at once, then `rate` a second. A bucket that is full again is forgotten. */
export class SendRate {
  readonly #rate: number;
  readonly #burst: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(rate: number, burst: number, clock: Clock) {
    this.#rate = rate;
    this.#burst = burst;
    this.#clock = clock;
  }

  readonly take = (userId: string): boolean => {
    if (this.#rate === 0 || this.#burst === 0) return true;
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(userId) ?? { left: this.#burst, at: now };
    bucket.left = Math.min(this.#burst, bucket.left + ((now - bucket.at) / 1000) * this.#rate);
    bucket.at = now;
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    this.#buckets.delete(userId);
    this.#buckets.set(userId, bucket);
    this.#forgetFull(now);
    return true;
  };

  /** Undoes a `take`: nothing came of it. */
  giveBack(userId: string): void {
    const bucket = this.#buckets.get(userId);
    if (bucket !== undefined) bucket.left = Math.min(this.#burst, bucket.left + 1);
  }

  /** Whole seconds until this user may send again; 0: now. */
  secondsToWait(userId: string): number {
    const bucket = this.#buckets.get(userId);
    if (bucket === undefined || this.#rate === 0) return 0;
    const missing = 1 - bucket.left - ((this.#clock.monotonic() - bucket.at) / 1000) * this.#rate;
    return missing <= 0 ? 0 : Math.ceil(missing / this.#rate);
  }

  /** The two longest untouched, so that the map stays as small as the number of recent senders. */
  #forgetFull(now: number): void {
    let looked = 0;
    for (const [userId, { left, at }] of this.#buckets) {
      if (looked === 2 || left + ((now - at) / 1000) * this.#rate < this.#burst) break;
      this.#buckets.delete(userId);
      looked += 1;
    }
  }
}
