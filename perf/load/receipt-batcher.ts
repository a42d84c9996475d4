const GATHER_MS = 40;
/** Between two looks. */
const TICK_MS = 2;

/** Whoever has a receipt to say, until 40 ms after it began to gather, as our own client waits: each at its own moment, so that the
 *  receipts of many people don't come in bursts. All wait equally long, so the first in is the first due. */
export class ReceiptBatcher<T> {
  #waiting: { readonly who: T; readonly due: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #say: (who: T) => void;

  constructor(say: (who: T) => void) {
    this.#say = say;
  }

  add(who: T): void {
    this.#waiting.push({ who, due: performance.now() + GATHER_MS });
    this.#timer ??= setInterval(() => {
      this.#tick();
    }, TICK_MS);
  }

  #tick(): void {
    const now = performance.now();
    const later = this.#waiting.findIndex(({ due }) => due > now);
    const due = later === -1 ? this.#waiting : this.#waiting.slice(0, later);
    this.#waiting = later === -1 ? [] : this.#waiting.slice(later);
    for (const { who } of due) this.#say(who);
  }
}
