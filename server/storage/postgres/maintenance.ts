import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log/log.ts';
import type { WriteOutcome } from '../outcome.ts';
import type { WriteMessage } from '../writes.ts';
import { isOutside } from './database-error.ts';
import { indexSome, queueOutdated } from './search/indexer.ts';
import type { Database } from './sql.ts';

/** Milliseconds between looks, at rest and while there is work left. */
const IDLE_MS = 250;
const EAGER_MS = 2;
/** How long the orderly stop waits for a step. One that is cut off is undone, and done again by any host. */
const STOP_MS = 500;
const PRUNE_EVERY_MS = 1_000;
const PRUNE_BUDGET = 200;
/** Between looks for chunks of the search index that older rules have built, and how many of them become jobs at once. */
const OUTDATED_EVERY_MS = 60_000;
const OUTDATED_BUDGET = 1_000;

/** Background work on the database, which every host may do at any time: builds chunks of the search index and removes what has
 *  expired. */
export class PostgresMaintenance {
  readonly #database: Pick<Database, 'transaction'>;
  readonly #commit: (batch: readonly WriteMessage[]) => Promise<readonly WriteOutcome[]>;
  readonly #clock: Clock;
  readonly #log: Logger;
  #timer: Timer | undefined;
  #isStopped = false;
  #step: Promise<void> | undefined;
  #pruneFrom: number;
  #outdatedFrom: number;

  constructor(
    database: Pick<Database, 'transaction'>,
    commit: (batch: readonly WriteMessage[]) => Promise<readonly WriteOutcome[]>,
    clock: Clock,
    log: Logger,
  ) {
    this.#database = database;
    this.#commit = commit;
    this.#clock = clock;
    this.#log = log;
    this.#pruneFrom = clock.monotonic() + PRUNE_EVERY_MS;
    this.#outdatedFrom = clock.monotonic();
  }

  start(): void {
    this.#later(IDLE_MS);
  }

  /** Resolves once the step under way has ended, or after 500 ms. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    const step = this.#step ?? Promise.resolve();
    await new Promise<void>((resolve) => {
      const late = this.#clock.after(STOP_MS, resolve);
      void step.then(() => {
        late.cancel();
        resolve();
      });
    });
  }

  #later(ms: number): void {
    if (this.#isStopped) return;
    this.#timer = this.#clock.after(ms, () => {
      this.#step = this.#work().then((isMore) => {
        this.#later(isMore ? EAGER_MS : IDLE_MS);
      });
    });
  }

  /** One step. Resolves to whether there is more to do soon. A fault ends the step, not the thread. */
  async #work(): Promise<boolean> {
    try {
      const isPruning = await this.#prune();
      await this.#queueOutdated();
      return (await indexSome(this.#database)) || isPruning;
    } catch (error) {
      // Whoever writes meanwhile tells the operator that the database cannot be reached.
      if (!isOutside(error)) this.#log.error({ err: error }, 'maintenance failed');
      return false;
    }
  }

  async #prune(): Promise<boolean> {
    if (this.#clock.monotonic() < this.#pruneFrom) return false;
    const [outcome] = await this.#commit([{ type: 'prune', input: { budget: PRUNE_BUDGET } }]);
    const isMore = outcome?.ok === true && 'more' in outcome.result && outcome.result.more;
    this.#pruneFrom = this.#clock.monotonic() + (isMore ? EAGER_MS : PRUNE_EVERY_MS);
    return isMore;
  }

  async #queueOutdated(): Promise<void> {
    if (this.#clock.monotonic() < this.#outdatedFrom) return;
    const added = await queueOutdated(this.#database, OUTDATED_BUDGET);
    this.#outdatedFrom = this.#clock.monotonic() + (added < OUTDATED_BUDGET ? OUTDATED_EVERY_MS : IDLE_MS);
  }
}
