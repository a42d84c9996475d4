/** Values below this are counted exactly, larger ones in 16 steps per power of two: to within 6 %. */
const EXACT = 16;
const STEPS_LOG2 = 4;
/** Larger values count as this one. */
export const TALLY_MAX = 2 ** 30 - 1;
const BUCKETS = (30 - STEPS_LOG2 + 1) * EXACT;

const bucketOf = (value: number): number => {
  const whole = Math.min(TALLY_MAX, Math.max(0, Math.round(value)));
  if (whole < EXACT) return whole;
  const exponent = 31 - Math.clz32(whole);
  return (exponent - STEPS_LOG2 + 1) * EXACT + ((whole >>> (exponent - STEPS_LOG2)) & (EXACT - 1));
};

/** The middle of a bucket. */
const valueOf = (bucket: number): number => {
  if (bucket < EXACT) return bucket;
  const shift = Math.floor(bucket / EXACT) - 1;
  return ((EXACT + (bucket % EXACT)) << shift) + ((1 << shift) - 1) / 2;
};

/** What a tally holds, as plain data: the buckets that are not empty, each followed by its count. */
export interface TallyCounts {
  readonly buckets: readonly number[];
  readonly max: number;
}

/** Counts whole numbers in 432 buckets, so that recording one costs a few nanoseconds and no memory. Percentiles are exact below 16, and
 *  to within 6 % above. */
export class Tally {
  readonly #counts = new Uint32Array(BUCKETS);
  count = 0;
  max = 0;

  record(value: number): void {
    const bucket = bucketOf(value);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.count += 1;
    if (value > this.max) this.max = value;
  }

  add({ buckets, max }: TallyCounts): void {
    for (let at = 0; at < buckets.length; at += 2) {
      const [bucket = 0, count = 0] = [buckets[at], buckets[at + 1]];
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
      this.count += count;
    }
    this.max = Math.max(this.max, max);
  }

  /** How many of the values are below `limit`, which has to be a power of two. */
  below(limit: number): number {
    const end = bucketOf(limit);
    let below = 0;
    for (let bucket = 0; bucket < end; bucket += 1) below += this.#counts[bucket] ?? 0;
    return below;
  }

  /** 0 if there is no value. */
  percentile(share: number): number {
    let left = Math.ceil(share * this.count);
    if (left === 0) return 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      left -= this.#counts[bucket] ?? 0;
      if (left <= 0) return Math.min(valueOf(bucket), this.max);
    }
    return this.max;
  }

  counts(): TallyCounts {
    const buckets: number[] = [];
    for (let bucket = 0; bucket < BUCKETS && this.count > 0; bucket += 1) {
      const count = this.#counts[bucket] ?? 0;
      if (count > 0) buckets.push(bucket, count);
    }
    return { buckets, max: this.max };
  }

  clear(): void {
    if (this.count === 0) return;
    this.#counts.fill(0);
    this.count = 0;
    this.max = 0;
  }

  /** Returns what it holds, and begins anew. */
  take(): TallyCounts {
    const counts = this.counts();
    this.clear();
    return counts;
  }
}
