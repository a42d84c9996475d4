import type { Clock, Timer } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { GroupCommit } from './group-commit.ts';

/** What maintenance needs to know of the writer's mailbox. */
export interface Busy {
  readonly size: number;
}

/** Milliseconds between looks, at rest and while there is work left. */
const IDLE_MS = 250;
const EAGER_MS = 2;
const PRUNE_EVERY_MS = 1_000;
/** Under a queue that is never empty: what has ended must go all the same. */
const PRUNE_LATEST_MS = 5_000;
const TRUNCATE_EVERY_MS = 60_000;
/** While a reader is in the way. Each attempt may hold the writer up for a moment. */
const TRUNCATE_AGAIN_MS = 1_000;
const PRUNE_BUDGET = 200;
/** While there is more to prune, traces of deleted people above all: the writer rests so many times as long as a step took, and under
 *  a queue that is never empty for so many milliseconds. */
const PRUNE_REST = 3;
const PRUNE_ON_LATEST_MS = 50;
/** A write that comes during a step of the index waits for its end. */
const INDEX_MS = 1;

/** The writer's work between the commits, in steps of a few milliseconds and while no write waits, or after five seconds: the search
 *  index, what time has ended, the names of the deleted, and the length of the write-ahead log. */
export class Maintenance {
  readonly #store: GroupCommit;
  readonly #queue: Busy;
  readonly #clock: Clock;
  readonly #log: Log;
  #timer: Timer | undefined;
  #prunedAt: number;
  #pruneEveryMs = PRUNE_EVERY_MS;
  #pruneLatestMs = PRUNE_LATEST_MS;
  #truncateFrom: number;

  constructor(store: GroupCommit, queue: Busy, clock: Clock, log: Log) {
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

  /** One step; says whether there is more to do soon. A fault costs this step and not the thread. */
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
