/** Runs works of the same key one after the other, in the order of the calls, and works of different keys side by side. Holds nothing for a
 *  key that nobody works on. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  /** Resolves and rejects as `work` does. */
  async with<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#tails.get(key) ?? Promise.resolve()).then(work);
    const tail = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}
