import type { Clock } from '../../../runtime/clock.ts';
import { isOutsideFault } from '../../store-error.ts';
import type { Tx } from '../transactions.ts';
import type { Indexer } from './indexer.ts';

/** Messages that may wait for the search index before commits do a share of it themselves. [P9] */
const BACKLOG_MAX = 16_384;
const STEP = 256;
/** The index work of one commit: as much time as its writes took plus this many milliseconds, and at most so many postings; a
 *  message makes one or two. */
const ALONG_MS = 0.3;
const ALONG_POSTINGS = 8;
const ALONG_POSTINGS_EACH = 4;
/** Milliseconds without a transaction, after which the index makes its own. */
const QUIET_MS = 100;

/** Decides when the writer works on the search index: a message that arrives meanwhile waits a millisecond, not thirty, and the
 *  index keeps up under any load. */
export class IndexScheduler {
  readonly #indexer: Indexer;
  readonly #clock: Clock;
  /** When the last transaction of others began, on the monotonic clock. */
  #begun = -Infinity;

  constructor(indexer: Indexer, clock: Clock) {
    this.#indexer = indexer;
    this.#clock = clock;
  }

  /** Before a batch of writes. */
  begin(): void {
    this.#begun = this.#clock.monotonic();
  }

  /** In the transaction of the batch, after its `writes`. */
  along(tx: Tx, writes: number): void {
    const now = this.#clock.monotonic();
    const until = now + (now - this.#begun) + ALONG_MS;
    this.#indexer.write(tx, ALONG_POSTINGS + ALONG_POSTINGS_EACH * writes, until);
  }

  /** After the commit of a batch. */
  catchUp(writes: number): void {
    try {
      if (this.#indexer.backlog() > BACKLOG_MAX) this.step(Math.max(STEP, 2 * writes));
    } catch (error) {
      // The batch is committed: what fails now is the next one's matter.
      if (!isOutsideFault(error)) throw error;
    }
  }

  /** A step over at most `budget` messages and for about `ms` milliseconds. Says whether there is more. */
  step(budget = STEP, ms?: number): boolean {
    // A commit of the index's own would keep the next one waiting; they come often enough to take it along.
    const isAlong =
      ms !== undefined && this.#indexer.isFull && this.#clock.monotonic() - this.#begun < QUIET_MS;
    if (isAlong) return true;
    try {
      return this.#indexer.step(budget, ms);
    } catch (error) {
      if (isOutsideFault(error)) return false;
      throw error;
    }
  }
}
