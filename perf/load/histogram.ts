/** Sub-buckets of each power of two: values keep a relative error of at most 1/128. */
const SUB_BITS = 7;
const SUB = 1 << SUB_BITS;
const BUCKETS = SUB * 32;

/** Which bucket a whole number falls into: exact below 128, then 128 steps to each doubling. */
const bucketOf = (value: number): number => {
  if (value < SUB) return value;
  const power = 31 - Math.clz32(value);
  return (power - SUB_BITS + 1) * SUB + ((value >>> (power - SUB_BITS)) - SUB);
};

/** The greatest number of a bucket. */
const topOf = (bucket: number): number => {
  if (bucket < SUB) return bucket;
  const power = Math.floor(bucket / SUB) - 1;
  return ((bucket % SUB) + SUB + 1) * 2 ** power - 1;
};

/** Counts as they cross threads and files. */
export interface HistogramData {
  readonly counts: readonly (readonly [bucket: number, count: number])[];
  readonly max: number;
}

/** A high-dynamic-range histogram of microseconds: 1 µs to 35 minutes, three figures at most lost, constant memory, no
 *  allocation to record. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;
  #max = 0;

  /** `us` below 0 (a clock read in another order) counts as 0. */
  record(us: number): void {
    const value = us <= 0 ? 0 : us >= 0x7fffffff ? 0x7fffffff : Math.round(us);
    this.#counts[bucketOf(value)]! += 1;
    this.#total += 1;
    if (value > this.#max) this.#max = value;
  }

  get total(): number {
    return this.#total;
  }

  get max(): number {
    return this.#max;
  }

  /** The value that `q` (0 to 1) of all recorded ones do not exceed; 0 when nothing was recorded. */
  quantile(q: number): number {
    const wanted = Math.max(1, Math.ceil(this.#total * q));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += this.#counts[bucket]!;
      if (seen >= wanted) return Math.min(topOf(bucket), this.#max);
    }
    return 0;
  }

  add(data: HistogramData): this {
    for (const [bucket, count] of data.counts) {
      this.#counts[bucket]! += count;
      this.#total += count;
    }
    this.#max = Math.max(this.#max, data.max);
    return this;
  }

  toData(): HistogramData {
    const counts = [...this.#counts.entries()].filter(([, count]) => count > 0);
    return { counts, max: this.#max };
  }
}
