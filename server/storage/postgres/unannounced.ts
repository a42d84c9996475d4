import type { Clock } from '../../runtime/clock.ts';

/** Milliseconds after the first success. A transaction may be committed after its connection has ended, and connections for reads may
 *  come back later than this one. */
const LOOKS_MS = [0, 2_000, 5_000];
/** Users who are remembered; further ones hear of it with the next event or heartbeat. */
const MAX = 20_000;

/** Users for whom something may have been committed that nobody was told, because the answer of the database was lost. Once it
 *  answers again, their connections are told to compare. */
export class Unannounced {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #compare: (userIds: readonly string[] | 'all') => void;
  readonly #users = new Set<string>();
  #isAll = false;

  constructor(clock: Pick<Clock, 'after'>, compare: (userIds: readonly string[] | 'all') => void) {
    this.#clock = clock;
    this.#compare = compare;
  }

  add(userIds: Iterable<string>): void {
    for (const userId of userIds) if (this.#users.size < MAX) this.#users.add(userId);
  }

  /** Whoever is concerned is not known. */
  addAll(): void {
    this.#isAll = true;
  }

  /** The database has answered. */
  tell(): void {
    if (this.#users.size === 0 && !this.#isAll) return;
    const userIds = this.#isAll ? 'all' : [...this.#users];
    this.#users.clear();
    this.#isAll = false;
    for (const ms of LOOKS_MS)
      this.#clock.after(ms, () => {
        this.#compare(userIds);
      });
  }
}
