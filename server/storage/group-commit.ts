import { systemClock } from '../runtime/clock.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Fault } from '../runtime/envelope.ts';
import { CheckpointPace, truncateWal } from './checkpoint.ts';
import { Erasure } from './erasure.ts';
import { Generation } from './generation.ts';
import { openAtStart, upgrade, type FileFound } from './open-at-start.ts';
import { databasePath, openReadWrite } from './open.ts';
import type { Connection } from './open.ts';
import { queriesOn } from './queries.ts';
import { Conversations } from './write-cache/conversations.ts';
import { Log } from './write-cache/log.ts';
import { People } from './write-cache/people.ts';
import { IndexScheduler } from './search/index-scheduler.ts';
import { Indexer } from './search/indexer.ts';
import { isOutsideFault, sqliteCode, StoreError } from './store-error.ts';
import type { LoggedEvent, WriteMessage, WriteName } from './store.ts';
import { prepareWrites } from './writes/index.ts';
import type { ApplyWrite, WriteResult } from './writes/index.ts';
import { shortenSessions } from './writes/sessions.ts';

export type WriteOutcome =
  | { readonly ok: true; readonly result: WriteResult; readonly events: readonly LoggedEvent[] }
  | { readonly ok: false; readonly fault: Fault };

/** One committed or failed batch. `cause`: the fault's SQLite code or message, for the log, never for a client. */
export interface CommitStats {
  readonly size: number;
  readonly durationMs: number;
  readonly failures: number;
  readonly cause?: string;
}

export interface WriterOptions {
  readonly clock?: Clock;
  /** Whether nobody can be connected, as at the start of the process: then everybody is set offline. A writer
   *  thread that is restarted under living sockets says false. Default true. */
  readonly sweep?: boolean;
  /** How long a session lasts without being renewed: those that were given a longer time are cut to it. */
  readonly sessionTtlMs?: number;
  /** Upper limit of the file in pages of 4 KiB. */
  readonly maxPages?: number;
  readonly onCommit?: (stats: CommitStats) => void;
  /** At the start of the process, before a check that reads the whole database, and why. */
  readonly onThorough?: (found: FileFound) => void;
}

const UNAVAILABLE: Fault = {
  code: 'unavailable',
  detail: 'The server cannot store this now. Try again shortly.',
  retryAfterS: 1,
};
/** Writes that steps of background work go with. */
const BEHIND: ReadonlySet<WriteName> = new Set(['prune', 'deleteUser', 'continueDeletions']);
/** Milliseconds for which a commit waits for another program that holds the database. It waits in native code, where the writer answers
 *  no heartbeat: so long that a command can write beside the server, and far too short to be taken for a hang. */
const LOCKED_MS = 250;
const NONE: readonly LoggedEvent[] = [];
const INTERNAL: Fault = { code: 'internal', detail: 'Something went wrong here.' };

/** Opens and migrates; at the start of the process only what is whole and of one piece. @throws StoreError */
export const openWriter = (dataDir: string, options: WriterOptions = {}): GroupCommit => {
  const isStart = options.sweep ?? true;
  const db = isStart ? openAtStart(dataDir, options.onThorough) : openReadWrite(dataDir);
  try {
    if (!isStart) upgrade(db);
    if (options.maxPages !== undefined) db.pragma(`max_page_count = ${String(options.maxPages)}`);
    if (options.sessionTtlMs !== undefined) shortenSessions(db, options.sessionTtlMs);
    const generation = new Generation(db, dataDir);
    if (isStart) generation.advance();
    db.pragma(`busy_timeout = ${String(LOCKED_MS)}`);
    return new GroupCommit(db, options, () => generation.advance());
  } catch (error) {
    db.close();
    if (sqliteCode(error).startsWith('SQLITE_BUSY'))
      throw new StoreError('locked', `${databasePath(dataDir)} is locked by another program`, error);
    throw error;
  }
};

/** The one that writes: a batch becomes one transaction, synced once, and answers come after it. [P1] */
export class GroupCommit {
  readonly #db: Connection;
  readonly #clock: Clock;
  readonly #emptyLog: () => boolean;
  readonly #people: People;
  readonly #conversations: Conversations;
  readonly #log: Log;
  readonly #apply: ApplyWrite;
  /** Of the write being applied. */
  readonly #events: LoggedEvent[] = [];
  readonly #indexer: Indexer;
  readonly #indexScheduler: IndexScheduler;
  readonly #erasure: Erasure;
  readonly #checkpoints: CheckpointPace;
  readonly #onCommit: ((stats: CommitStats) => void) | undefined;
  readonly #begin;
  readonly #commit;
  readonly #rollback;
  readonly #savepoint;
  readonly #release;
  readonly #undo;

  constructor(db: Connection, { clock = systemClock, onCommit }: WriterOptions, emptyLog?: () => boolean) {
    this.#db = db;
    this.#emptyLog = emptyLog ?? (() => truncateWal(db));
    this.#clock = clock;
    this.#onCommit = onCommit;
    this.#people = new People(db);
    this.#conversations = new Conversations(db);
    this.#log = new Log(db);
    this.#apply = prepareWrites({
      db,
      clock,
      people: this.#people,
      conversations: this.#conversations,
      log: this.#log,
      queries: queriesOn(db, clock),
      events: this.#events,
      flush: () => {
        this.#flush();
      },
    });
    this.#indexer = new Indexer(db, clock);
    this.#indexScheduler = new IndexScheduler(this.#indexer, clock);
    this.#erasure = new Erasure(db, this.#emptyLog);
    this.#checkpoints = new CheckpointPace(db);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#savepoint = db.prepare('SAVEPOINT write');
    this.#release = db.prepare('RELEASE write');
    this.#undo = db.prepare('ROLLBACK TO write');
  }

  /** Applies the writes in order at one `now` and commits them together; answers in the same order. One write's own fault is
   *  `internal` and its neighbours' writes stand; a fault of disk or memory is `unavailable` for all, nothing is kept, and
   *  the next batch tries anew. */
  commit(batch: readonly WriteMessage[]): readonly WriteOutcome[] {
    const started = this.#clock.monotonic();
    const { outcomes, cause } = this.#transact(batch);
    this.#conversations.trim();
    this.#log.trim();
    const settled = this.#afterwards(batch, outcomes);
    this.#onCommit?.({
      size: batch.length,
      durationMs: this.#clock.monotonic() - started,
      failures: settled.filter((outcome) => !outcome.ok).length,
      ...(cause === undefined ? {} : { cause }),
    });
    if (cause === undefined) this.#indexScheduler.catchUp(batch.length);
    return settled;
  }

  /** A step of the search index, over at most `budget` messages and for about `ms` milliseconds. Says whether there is more. */
  indexSome(budget?: number, ms?: number): boolean {
    return this.#indexScheduler.step(budget, ms);
  }

  /** Messages that searches read without the index. */
  indexBacklog(): number {
    return this.#indexer.backlog();
  }

  /** Empties the write-ahead log into the file; false when a reader was in the way. To be called on a schedule. */
  truncate(): boolean {
    return this.#emptyLog();
  }

  /** Changes the limit of the file's size. */
  allowPages(maxPages: number): void {
    this.#db.pragma(`max_page_count = ${String(maxPages)}`);
  }

  close(): void {
    try {
      truncateWal(this.#db);
    } finally {
      this.#db.close();
    }
  }

  #transact(batch: readonly WriteMessage[]): { outcomes: readonly WriteOutcome[]; cause?: string } {
    const now = this.#clock.now();
    try {
      // Savepoints cost as much as a small write, and faults are rare: first without, and only when a write fails all over again.
      const outcomes = this.#attempt(
        batch,
        (write) => this.#applyPlain(write, now),
        () => {
          this.#indexScheduler.along(batch.length);
        },
      );
      this.#indexer.committed();
      return { outcomes };
    } catch (first) {
      this.#forget();
      if (isOutsideFault(first)) return unavailable(batch, first);
      try {
        // Without the index, in case the fault is its.
        const outcomes = this.#attempt(batch, (write) => this.#applyGuarded(write, now));
        return { outcomes, cause: causeOf(first) };
      } catch (second) {
        this.#forget();
        return unavailable(batch, second);
      }
    }
  }

  #attempt(
    batch: readonly WriteMessage[],
    apply: (write: WriteMessage) => WriteOutcome,
    along?: () => void,
  ): readonly WriteOutcome[] {
    this.#indexScheduler.begin();
    this.#begin.run();
    try {
      const outcomes = batch.map(apply);
      this.#flush();
      along?.();
      this.#commit.run();
      return outcomes;
    } catch (error) {
      // SQLite has already rolled back by itself after some faults, a full disk among them.
      if (this.#db.inTransaction) this.#rollback.run();
      throw error;
    }
  }

  #applyPlain(write: WriteMessage, now: number): WriteOutcome {
    const result = this.#apply(write, now);
    return { ok: true, result, events: this.#events.length === 0 ? NONE : this.#events.splice(0) };
  }

  #applyGuarded(write: WriteMessage, now: number): WriteOutcome {
    this.#savepoint.run();
    try {
      const outcome = this.#applyPlain(write, now);
      this.#flush();
      this.#release.run();
      return outcome;
    } catch (error) {
      this.#forget();
      if (isOutsideFault(error) || !this.#db.inTransaction) throw error;
      this.#undo.run();
      this.#release.run();
      return { ok: false, fault: INTERNAL };
    }
  }

  /** What deletions leave to be done comes in steps. Erasing names needs to be outside the transaction; a `prune` that has more of it
   *  to do says so. */
  #afterwards(batch: readonly WriteMessage[], outcomes: readonly WriteOutcome[]): readonly WriteOutcome[] {
    if (!batch.some(({ type }) => BEHIND.has(type))) return outcomes;
    const settled = outcomes.map((outcome, at): WriteOutcome => {
      const write = batch[at];
      if (!outcome.ok) return outcome;
      const isErased = write?.type !== 'prune' || this.#erasure.step(write.input.budget);
      return isErased ? outcome : { ...outcome, result: { more: true } };
    });
    const isLeft = outcomes.some(
      (outcome) => outcome.ok && 'left' in outcome.result && outcome.result.left !== 'none',
    );
    this.#checkpoints.set(isLeft || this.#erasure.pending());
    return settled;
  }

  #flush(): void {
    this.#conversations.flush();
    this.#log.flush();
  }

  #forget(): void {
    this.#events.length = 0;
    this.#people.forget();
    this.#conversations.forget();
    this.#log.forget();
  }
}

const causeOf = (error: unknown): string =>
  sqliteCode(error) || (error instanceof Error ? error.message : String(error));

const unavailable = (
  batch: readonly WriteMessage[],
  error: unknown,
): { outcomes: readonly WriteOutcome[]; cause: string } => ({
  outcomes: batch.map(() => ({ ok: false, fault: UNAVAILABLE })),
  cause: causeOf(error),
});
