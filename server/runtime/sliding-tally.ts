import { Tally, type TallyCounts } from './tally.ts';

const SLOT_MS = 5_000;
const SLOTS = 12;
/** Milliseconds that a sliding tally looks back on. */
export const TALLY_WINDOW_MS = SLOT_MS * SLOTS;

/** The values of the last minute, in slots of five seconds; the oldest slot is left out as a whole when a new one begins. Times are of the
 *  monotonic clock. */
export class SlidingTally {
  readonly #slots: (Tally | undefined)[] = Array.from({ length: SLOTS });
  /** Since when it counts. */
  readonly #since: number;
  /** The number of the newest slot. */
  #newest: number;

  constructor(now: number) {
    this.#since = now;
    this.#newest = Math.floor(now / SLOT_MS);
  }

  record(value: number, now: number): void {
    this.#slot(now).record(value);
  }

  add(counts: TallyCounts, now: number): void {
    if (counts.buckets.length > 0) this.#slot(now).add(counts);
  }

  /** All of the window together. `seconds`: how long the window is, which is less than a minute in the beginning. */
  look(now: number): { readonly tally: Tally; readonly seconds: number } {
    this.#turnTo(now);
    const tally = new Tally();
    for (const slot of this.#slots) if (slot !== undefined) tally.add(slot.counts());
    const begin = Math.max(this.#since, (this.#newest - SLOTS + 1) * SLOT_MS);
    return { tally, seconds: (now - begin) / 1000 };
  }

  #slot(now: number): Tally {
    this.#turnTo(now);
    const at = this.#newest % SLOTS;
    return (this.#slots[at] ??= new Tally());
  }

  /** Empties the slots that are used again. */
  #turnTo(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    if (slot <= this.#newest) return;
    for (let n = Math.max(this.#newest + 1, slot - SLOTS + 1); n <= slot; n += 1)
      this.#slots[n % SLOTS]?.clear();
    this.#newest = slot;
  }
}
