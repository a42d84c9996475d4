import type { Clock, Timer } from '../../runtime/clock.ts';
import type { UnconfirmedReceipt } from './unconfirmed-receipts.ts';

/** Receipts that come within this many milliseconds of the ones before wait for each other. Nobody sees so short a delay of a tick. */
export const GATHER_MS = 25;
/** Above this many, they wait no longer. */
export const GATHERED_MAX = 1_024;

/** Hands the receipts of all connections of a host on to their conversations. The first one after a pause goes at once. Those that follow go
 *  together: what they cause crosses from thread to thread and is committed together, and each crossing and each commit costs more than
 *  a receipt. Of those of one user for one conversation only the newest goes on [R2].
 *
 *  `npm run perf:compare -- --before CHECKOUT --only parley` measures what this saves. */
export class ReceiptGatherer {
  readonly #clock: Clock;
  readonly #handOn: (receipt: UnconfirmedReceipt) => void;
  readonly #waiting = new Map<string, UnconfirmedReceipt>();
  #handedOnAt = -Infinity;
  #timer: Timer | undefined;

  constructor(clock: Clock, handOn: (receipt: UnconfirmedReceipt) => void) {
    this.#clock = clock;
    this.#handOn = handOn;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  add(said: UnconfirmedReceipt): void {
    const { readerId, conversationId, status, seq } = said.receipt;
    const key = `${readerId} ${conversationId} ${status}`;
    const known = this.#waiting.get(key);
    if (known === undefined || known.receipt.seq < seq) this.#waiting.set(key, said);
    const untilMs = this.#handedOnAt + GATHER_MS - this.#clock.monotonic();
    if (untilMs <= 0 || this.#waiting.size >= GATHERED_MAX) this.flush();
    else
      this.#timer ??= this.#clock.after(untilMs, () => {
        this.flush();
      });
  }

  /** Hands on what waits, for instance because the host stops. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    this.#handedOnAt = this.#clock.monotonic();
    const due = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const each of due) this.#handOn(each);
  }
}
