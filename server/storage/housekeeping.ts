import type { Clock, Timer } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { GroupCommit } from './group-commit.ts';

/** What housekeeping needs to know of the writer's mailbox. */
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
const ERASURE_MS = 10_000;
/** A write that comes during a step of the index waits for its end. */
const INDEX_MS = 1;

/** The writer's work between the commits, in steps of a few milliseconds and while no write waits, or after five seconds: the search
 *  index, what time has ended, the names of the deleted, and the length of the write-ahead log. */
export class Housekeeping {
  readonly #store: GroupCommit;
  readonly #queue: Busy;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sayBusy: (ms: number) => void;
  #timer: Timer | undefined;
  #prunedAt: number;
  #truncateFrom: number;

  /** `busy`: says that this thread will be blocked for up to so many milliseconds. */
  constructor(store: GroupCommit, queue: Busy, clock: Clock, log: Log, busy: (ms: number) => void) {
    this.#sayBusy = busy;
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
    if (this.#queue.size > 0 && now - this.#prunedAt < PRUNE_LATEST_MS) return true;
    try {
      if (now - this.#prunedAt >= PRUNE_EVERY_MS) this.#prune(now);
      if (now >= this.#truncateFrom) this.#truncate(now);
      return this.#store.indexSome(undefined, INDEX_MS);
    } catch (error) {
      this.#log.error({ err: error }, 'housekeeping failed');
      return false;
    }
  }

  #truncate(now: number): void {
    this.#truncateFrom = now + TRUNCATE_AGAIN_MS;
    if (this.#store.truncate()) this.#truncateFrom = now + TRUNCATE_EVERY_MS;
  }

  #prune(now: number): void {
    // Erasing deleted names rewrites the tables that hold people's names.
    if (this.#store.erasurePending()) this.#sayBusy(ERASURE_MS);
    this.#store.commit([{ type: 'prune', input: { budget: PRUNE_BUDGET } }]);
    this.#prunedAt = now;
  }
}
