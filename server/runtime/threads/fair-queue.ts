/** A bounded queue that serves its keys in rotation, the items of one key in the order they came. However many items one key has
 *  waiting, each other key's next item is at most one rotation away. */
export class FairQueue<T> {
  /** In the order of their turns; a key without items is not kept. */
  readonly #lines = new Map<string, T[]>();
  readonly #max: number;
  readonly #maxPerKey: number;
  #size = 0;

  /** `max`: items in all; `maxPerKey`: of one key. */
  constructor(max: number, maxPerKey: number) {
    this.#max = max;
    this.#maxPerKey = maxPerKey;
  }

  get size(): number {
    return this.#size;
  }

  /** False, and nothing has changed, when the queue or the key's part of it is full. */
  add(key: string, item: T): boolean {
    const line = this.#lines.get(key);
    if (this.#size >= this.#max || (line?.length ?? 0) >= this.#maxPerKey) return false;
    if (line === undefined) this.#lines.set(key, [item]);
    else line.push(item);
    this.#size += 1;
    return true;
  }

  /** The next item in rotation. */
  take(): T | undefined {
    for (const [key, line] of this.#lines) {
      const item = line.shift();
      this.#lines.delete(key);
      if (line.length > 0) this.#lines.set(key, line);
      this.#size -= 1;
      return item;
    }
    return undefined;
  }

  /** Takes an item out of turn; false when it does not wait here. */
  remove(key: string, item: T): boolean {
    const line = this.#lines.get(key);
    const at = line?.indexOf(item) ?? -1;
    if (line === undefined || at < 0) return false;
    line.splice(at, 1);
    if (line.length === 0) this.#lines.delete(key);
    this.#size -= 1;
    return true;
  }
}
