import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log/log.ts';
import type { StoreWriter } from './open-writer.ts';

/** What maintenance needs to know of the writer's mailbox. */
export interface Busy {
  readonly size: number;
}

/** Milliseconds between looks, at rest and while there is work left. */
const IDLE_MS = 250;
const EAGER_MS = 2;
const PRUNE_EVERY_MS = 1_000;
/** With a queue that is never empty, what has expired is removed after at most this long. */
const PRUNE_LATEST_MS = 5_000;
const TRUNCATE_EVERY_MS = 60_000;
/** Milliseconds between attempts while a reader prevents it. Each attempt may delay the writer for a moment. */
const TRUNCATE_AGAIN_MS = 1_000;
const PRUNE_BUDGET = 200;
/** Pause between two steps while there is more to remove, mostly traces of deleted users: a multiple of the time that a step
 *  took, or with a queue that is never empty, milliseconds. */
const PRUNE_REST = 3;
const PRUNE_ON_LATEST_MS = 50;
/** Milliseconds of an index step. A write that arrives during the step waits for its end. */
const INDEX_MS = 1;

/** The writer's background work, in steps of a few milliseconds while no write waits, or after five seconds: it advances the
 *  search index, removes what has expired, erases names of deleted users, and truncates the write-ahead log. */
export class Maintenance {
  readonly #store: StoreWriter;
  readonly #queue: Busy;
  readonly #clock: Clock;
  readonly #log: Logger;
  #timer: Timer | undefined;
  #prunedAt: number;
  #pruneEveryMs = PRUNE_EVERY_MS;
  #pruneLatestMs = PRUNE_LATEST_MS;
  #truncateFrom: number;

  constructor(store: StoreWriter, queue: Busy, clock: Clock, log: Logger) {
    this.#store = store;
    this.#queue = queue;
    this.#clock = clock;
    this.#log = log;
    this.#prunedAt = clock.monotonic();
    this.#truncateFrom = clock.monotonic() + TRUNCATE_EVERY_MS;
  }

  start(): void {
    this.#later(IDLE_MS);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #later(ms: number): void {
    this.#timer = this.#clock.after(ms, () => {
      this.#later(this.#step() ? EAGER_MS : IDLE_MS);
    });
  }

  /** One step. Returns whether there is more to do soon. A fault ends the step, not the thread. */
  #step(): boolean {
    const now = this.#clock.monotonic();
    if (this.#queue.size > 0 && now - this.#prunedAt < this.#pruneLatestMs) return true;
    try {
      if (now - this.#prunedAt >= this.#pruneEveryMs) this.#prune();
      if (now >= this.#truncateFrom) this.#truncate(now);
      return this.#store.indexSome(undefined, INDEX_MS) || this.#pruneEveryMs < IDLE_MS;
    } catch (error) {
      this.#log.error({ err: error }, 'maintenance failed');
      return false;
    }
  }

  #truncate(now: number): void {
    this.#truncateFrom = now + TRUNCATE_AGAIN_MS;
    if (this.#store.truncate()) this.#truncateFrom = now + TRUNCATE_EVERY_MS;
  }

  #prune(): void {
    const started = this.#clock.monotonic();
    const [outcome] = this.#store.commit([{ type: 'prune', input: { budget: PRUNE_BUDGET } }]);
    this.#prunedAt = this.#clock.monotonic();
    const isMore = outcome?.ok === true && 'more' in outcome.result && outcome.result.more;
    this.#pruneEveryMs = isMore
      ? Math.max(EAGER_MS, PRUNE_REST * (this.#prunedAt - started))
      : PRUNE_EVERY_MS;
    this.#pruneLatestMs = isMore ? PRUNE_ON_LATEST_MS : PRUNE_LATEST_MS;
  }
}
