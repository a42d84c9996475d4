/** A map that forgets its oldest entries. Keeps at least the `limit` entries that were set last, and at most twice as many.
 *
 *  It has two generations: when the younger one is full, the older one is dropped as a whole. Repeatedly deleting the oldest key
 *  of one `Map` is slow, because V8 steps over every key that was deleted before. */
export class RecentMap<K, V> {
  readonly limit: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Entries held; a key that was set again counts twice until its first place goes. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: K): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** Makes it the newest. */
  set(key: K, value: V): void {
    if (this.#young.size >= this.limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
