import type { Clock, Timer } from '../../runtime/clock.ts';
import { CLOCK_OFFSET_MAX_MS, measureClockOffset } from './clock-offset.ts';
import type { Database } from './sql.ts';

const MEASURE_EVERY_MS = 10_000;

/** The time of day as the database has it, so that all hosts agree. Between two measurements it advances with the monotonic clock: a
 *  jump of this host's own clock changes nothing. */
export class DatabaseClock implements Clock {
  readonly #own: Clock;
  /** What the database's clock shows when the monotonic one shows 0. */
  #epoch: number;
  #offsetMs: number;
  #timer: Timer | undefined;
  #isFollowing = false;

  /** `offsetMs`: how far the database's clock is ahead of `own` now. */
  constructor(own: Clock, offsetMs: number) {
    this.#own = own;
    this.#offsetMs = offsetMs;
    this.#epoch = own.now() + offsetMs - own.monotonic();
  }

  now(): number {
    return Math.round(this.#epoch + this.#own.monotonic());
  }

  monotonic(): number {
    return this.#own.monotonic();
  }

  after(ms: number, run: () => void): Timer {
    return this.#own.after(ms, run);
  }

  /** How far the database's clock is ahead of this host's. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Whether this host's clock is near enough to serve. */
  get isNear(): boolean {
    return Math.abs(this.#offsetMs) <= CLOCK_OFFSET_MAX_MS;
  }

  /** Measures now and every 10 s from now on. While the database cannot be asked, the last measurement holds. Resolves after the first
   *  attempt. */
  async follow(database: Database): Promise<void> {
    this.#isFollowing = true;
    await this.#measure(database);
  }

  stop(): void {
    this.#isFollowing = false;
    this.#timer?.cancel();
  }

  async #measure(database: Database): Promise<void> {
    try {
      this.#offsetMs = await measureClockOffset(database, this.#own);
      this.#epoch = this.#own.now() + this.#offsetMs - this.#own.monotonic();
    } catch {
      // Whoever asks the database for something else tells the operator.
    }
    if (!this.#isFollowing) return;
    this.#timer = this.#own.after(MEASURE_EVERY_MS, () => {
      void this.#measure(database);
    });
  }
}
