import { within } from './deadline.ts';

interface Waiter<T> {
  readonly wants: (item: T) => boolean;
  readonly take: (item: T) => void;
  readonly giveUp: (reason: Error) => void;
}

/** Items in order of arrival. `take` removes the first that fits, now or when it comes, so nothing that arrives early is
 *  missed and nothing is seen twice. */
export class WaitingList<T> {
  readonly #items: T[] = [];
  readonly #waiters = new Set<Waiter<T>>();
  #ended: Error | null = null;

  add(item: T): void {
    for (const waiter of this.#waiters) {
      if (!waiter.wants(item)) continue;
      this.#waiters.delete(waiter);
      waiter.take(item);
      return;
    }
    this.#items.push(item);
  }

  /** No more items: whoever waits, and whoever asks for what is not there, gets the reason. */
  end(reason: Error): void {
    this.#ended ??= reason;
    for (const waiter of this.#waiters) waiter.giveUp(this.#ended);
    this.#waiters.clear();
  }

  get waiting(): readonly T[] {
    return this.#items;
  }

  take(what: string, ms: number, wants: (item: T) => boolean): Promise<T> {
    const at = this.#items.findIndex(wants);
    const [found] = at === -1 ? [] : this.#items.splice(at, 1);
    if (found !== undefined) return Promise.resolve(found);
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return within(
      ms,
      what,
      new Promise((take, giveUp) => {
        this.#waiters.add({ wants, take, giveUp });
      }),
    );
  }
}
