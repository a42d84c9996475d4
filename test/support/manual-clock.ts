import type { Clock, Timer } from '../../server/runtime/clock.ts';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that moves only when told. Timers run in the order they are due, each at its own moment, those that they set
 *  within the span included. */
export class ManualClock implements Clock {
  #now: number;
  readonly #start: number;
  #order = 0;
  #backMs = 0;
  readonly #pending = new Set<Pending>();

  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
    this.#start = start;
  }

  now(): number {
    return this.#now - this.#backMs;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  after(ms: number, run: () => void): Timer {
    const pending: Pending = { at: this.#now + Math.max(0, ms), order: (this.#order += 1), run };
    this.#pending.add(pending);
    return {
      cancel: () => {
        this.#pending.delete(pending);
      },
    };
  }

  /** Somebody sets the wall clock; the monotonic one and the timers go on. */
  setBack(ms: number): void {
    this.#backMs += ms;
  }

  /** Timers that have not run. */
  get waiting(): number {
    return this.#pending.size;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  #due(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const each of this.#pending) {
      if (each.at > end) continue;
      if (first === undefined || each.at < first.at || (each.at === first.at && each.order < first.order))
        first = each;
    }
    return first;
  }
}
