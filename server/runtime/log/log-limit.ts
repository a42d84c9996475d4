import type { Clock } from '../clock.ts';

/** Permits one log line per kind and period, so that a lasting fault does not fill the log. `kind` must come from a small set,
 *  because all are remembered. */
export class LogLimit {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #passed = new Map<string, { at: number; suppressed: number }>();

  constructor(clock: Clock, periodMs = 1_000) {
    this.#clock = clock;
    this.#periodMs = periodMs;
  }

  /** The number of lines of this kind that were left out since the last one, or null when this one is left out too. */
  pass(kind: string): number | null {
    const now = this.#clock.monotonic();
    const last = this.#passed.get(kind);
    if (last !== undefined && now - last.at < this.#periodMs) {
      last.suppressed += 1;
      return null;
    }
    this.#passed.set(kind, { at: now, suppressed: 0 });
    return last?.suppressed ?? 0;
  }
}
