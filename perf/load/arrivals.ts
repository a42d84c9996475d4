/** What became of numbered things that should arrive once each, in order. */
export interface ArrivalCount {
  readonly expected: number;
  readonly missing: number;
  readonly repeated: number;
  readonly outOfOrder: number;
}

/** Tells lost, repeated and overtaken numbers apart. Numbers count from 0. Costs one comparison while all is in order. */
export class Arrivals {
  #next = 0;
  #repeated = 0;
  #outOfOrder = 0;
  readonly #missing = new Set<number>();

  arrive(n: number): void {
    if (n === this.#next) {
      this.#next += 1;
    } else if (n > this.#next) {
      for (let skipped = this.#next; skipped < n; skipped += 1) this.#missing.add(skipped);
      this.#next = n + 1;
    } else if (this.#missing.delete(n)) {
      this.#outOfOrder += 1;
    } else {
      this.#repeated += 1;
    }
  }

  /** Everything below this has arrived. */
  get complete(): number {
    return this.#missing.size === 0 ? this.#next : Math.min(...this.#missing);
  }

  /** The balance when `expected` numbers were sent. */
  check(expected: number): ArrivalCount {
    const missing = this.#missing.size + Math.max(0, expected - this.#next);
    return { expected, missing, repeated: this.#repeated, outOfOrder: this.#outOfOrder };
  }
}
