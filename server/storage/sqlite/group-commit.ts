import type { Clock } from '../../runtime/clock.ts';
import { isDamage, isOutsideFault, sqliteCode } from '../store-error.ts';
import type { LoggedEvent } from '../logged-event.ts';
import { DAMAGED, INTERNAL, UNAVAILABLE, type CommitStats, type WriteOutcome } from '../outcome.ts';
import type { CommitWatch } from '../write-trace.ts';
import type { WriteMessage } from '../writes.ts';
import { queriesOn } from './queries.ts';
import type { Tx, WriteConnection } from './transactions.ts';
import { WriteCache } from './write-cache/write-cache.ts';
import { prepareWrites } from './writes/index.ts';
import type { ApplyWrite } from './writes/index.ts';

const NONE: readonly LoggedEvent[] = [];

interface Attempted {
  readonly outcomes: readonly WriteOutcome[];
  /** Why the first attempt failed. */
  readonly cause?: string;
}

/** The writer's own work, as far as batches have to do with it. */
export interface WorkBesideBatches {
  /** Before a transaction of writes. */
  begin(): void;
  /** At the end of a transaction of `writes` writes. */
  alongWith(tx: Tx, writes: number): void;
  /** After the commit of a transaction that `alongWith` was called in. Never throws. */
  committed(): void;
  /** After a batch was committed or refused. Returns the outcomes to answer with. */
  afterBatch(batch: readonly WriteMessage[], outcomes: readonly WriteOutcome[]): readonly WriteOutcome[];
  /** After a batch of `writes` writes was committed. */
  catchUp(writes: number): void;
}

/** A batch of writes becomes one transaction with one sync, and answers are given after it [P1]. */
export class GroupCommit {
  readonly #connection: WriteConnection;
  readonly #background: WorkBesideBatches;
  readonly #clock: Clock;
  readonly #onCommit: ((stats: CommitStats) => void) | undefined;
  readonly #cache: WriteCache;
  readonly #apply: ApplyWrite;
  /** Events of the write that is being applied. */
  readonly #events: LoggedEvent[] = [];

  constructor(
    connection: WriteConnection,
    background: WorkBesideBatches,
    clock: Clock,
    onCommit?: (stats: CommitStats) => void,
  ) {
    this.#connection = connection;
    this.#background = background;
    this.#clock = clock;
    this.#onCommit = onCommit;
    const cache = new WriteCache(connection);
    this.#cache = cache;
    this.#apply = prepareWrites({
      db: connection,
      clock,
      users: cache.users,
      conversations: cache.conversations,
      log: cache.log,
      queries: queriesOn(connection, clock),
      events: this.#events,
      flush(tx) {
        cache.flush(tx);
      },
    });
  }

  /** Applies the writes in order, at one `now`, and commits them together. Answers in the same order. If one write fails, or meets a
   *  damaged page, its answer is `internal` and the others are kept. If disk or memory fails, all answers are `unavailable`, nothing
   *  is kept, and the next batch can succeed again. */
  commit(batch: readonly WriteMessage[], watch?: CommitWatch): readonly WriteOutcome[] {
    const started = this.#clock.monotonic();
    const { outcomes, cause } = this.#transact(batch, watch);
    this.#cache.trim();
    const settled = this.#background.afterBatch(batch, outcomes);
    this.#onCommit?.({
      size: batch.length,
      durationMs: this.#clock.monotonic() - started,
      failures: settled.filter((outcome) => !outcome.ok).length,
      ...(cause === undefined ? {} : { cause }),
    });
    if (cause === undefined) this.#background.catchUp(batch.length);
    return settled;
  }

  /** A savepoint costs as much as a small write, and faults are rare: first without savepoints, and again with them if a write
   *  fails. */
  #transact(batch: readonly WriteMessage[], watch: CommitWatch | undefined): Attempted {
    const now = this.#clock.now();
    watch?.begun();
    try {
      return { outcomes: this.#withoutSavepoints(batch, now, watch) };
    } catch (first) {
      this.#forget();
      if (isDamage(first)) return { outcomes: this.#oneByOne(batch, now, watch), cause: causeOf(first) };
      if (isOutsideFault(first)) return unavailable(batch, first);
      try {
        const outcomes = this.#withSavepoints(batch, now);
        watch?.committed();
        return { outcomes, cause: causeOf(first) };
      } catch (second) {
        this.#forget();
        return unavailable(batch, second);
      }
    }
  }

  #withoutSavepoints(
    batch: readonly WriteMessage[],
    now: number,
    watch: CommitWatch | undefined,
  ): readonly WriteOutcome[] {
    this.#background.begin();
    const outcomes = this.#connection.transaction((tx) => {
      const applied = batch.map((write) => this.#applied(tx, write, now));
      this.#cache.flush(tx);
      this.#background.alongWith(tx, batch.length);
      return applied;
    });
    watch?.committed();
    this.#background.committed();
    return outcomes;
  }

  /** Without background work, in case the fault came from there. */
  #withSavepoints(batch: readonly WriteMessage[], now: number): readonly WriteOutcome[] {
    this.#background.begin();
    return this.#connection.transaction((tx) => batch.map((write) => this.#appliedOrUndone(tx, write, now)));
  }

  /** A transaction for each write, without background work: one that has met a damaged page cannot go on, not even from a savepoint. */
  #oneByOne(
    batch: readonly WriteMessage[],
    now: number,
    watch: CommitWatch | undefined,
  ): readonly WriteOutcome[] {
    const outcomes = batch.map((write): WriteOutcome => {
      try {
        return this.#withSavepoints([write], now)[0] ?? { ok: false, fault: INTERNAL };
      } catch (error) {
        this.#forget();
        return { ok: false, fault: isDamage(error) ? DAMAGED : UNAVAILABLE };
      }
    });
    if (outcomes.some(({ ok }) => ok)) watch?.committed();
    return outcomes;
  }

  #applied(tx: Tx, write: WriteMessage, now: number): WriteOutcome {
    const result = this.#apply(tx, write, now);
    return { ok: true, result, events: this.#events.length === 0 ? NONE : this.#events.splice(0) };
  }

  #appliedOrUndone(tx: Tx, write: WriteMessage, now: number): WriteOutcome {
    try {
      return this.#connection.savepoint(() => {
        const outcome = this.#applied(tx, write, now);
        this.#cache.flush(tx);
        return outcome;
      });
    } catch (error) {
      this.#forget();
      if (isOutsideFault(error) || !this.#connection.inTransaction) throw error;
      return { ok: false, fault: INTERNAL };
    }
  }

  #forget(): void {
    this.#events.length = 0;
    this.#cache.forget();
  }
}

const causeOf = (error: unknown): string =>
  sqliteCode(error) || (error instanceof Error ? error.message : String(error));

const unavailable = (batch: readonly WriteMessage[], error: unknown): Attempted => ({
  outcomes: batch.map(() => ({ ok: false, fault: UNAVAILABLE })),
  cause: causeOf(error),
});
