/** Bounded FIFO. If it is full, `offer` returns false and keeps nothing; the caller answers `unavailable`.
 *
 *  Usually a message is taken before the next one arrives, so the first one has its own field and needs no array. */
export class Mailbox<T extends NonNullable<unknown>> {
  readonly limit: number;
  #first: T | undefined;
  /** Those behind the first, from `#head` on. */
  #rest: (T | undefined)[] | undefined;
  #head = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    if (this.#first === undefined) return 0;
    return 1 + (this.#rest === undefined ? 0 : this.#rest.length - this.#head);
  }

  offer(item: T): boolean {
    if (this.size >= this.limit) return false;
    if (this.#first === undefined) this.#first = item;
    else (this.#rest ??= []).push(item);
    return true;
  }

  poll(): T | undefined {
    const item = this.#first;
    this.#first = this.#next();
    return item;
  }

  #next(): T | undefined {
    const rest = this.#rest;
    if (rest === undefined) return undefined;
    const item = rest[this.#head];
    rest[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === rest.length) {
      // An idle mailbox keeps no memory of its busiest moment.
      this.#rest = undefined;
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > rest.length) {
      this.#rest = rest.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
