import { systemClock } from '../../runtime/clock.ts';
import type { Clock } from '../../runtime/clock.ts';
import { sqliteCode, StoreError } from '../store-error.ts';
import type { CommitWatch } from '../write-trace.ts';
import type { WriteMessage } from '../writes.ts';
import { BackgroundWork } from './background-work.ts';
import { truncateWal } from './checkpoint.ts';
import { copyDatabase, type CopiedDatabase } from './copy-database.ts';
import { Generation } from './files/generation.ts';
import { GroupCommit } from './group-commit.ts';
import type { CommitStats, WriteOutcome } from '../outcome.ts';
import { openAtStart, upgrade, type FileFound } from './open-at-start.ts';
import { databasePath, openReadWrite } from './open.ts';
import type { Db } from './open.ts';
import { WriteConnection } from './transactions.ts';
import { makeTransientTables } from './transient-tables.ts';
import { shortenSessions } from './writes/sessions.ts';

export interface WriterOptions {
  readonly clock?: Clock;
  /** Whether to set everybody offline, because nobody can be connected, as at the start of the process. False for a writer
   *  thread that is restarted while sockets are open. Default true. */
  readonly resetPresence?: boolean;
  /** How long a session lasts without being renewed. Sessions with a longer time are shortened to it [S9]. */
  readonly sessionTtlMs?: number;
  /** Upper limit of the file in pages of 4 KiB. */
  readonly maxPages?: number;
  readonly onCommit?: (stats: CommitStats) => void;
  /** Called at the start of the process before a check that reads the whole database, with the reason. */
  readonly onThorough?: (found: FileFound) => void;
}

/** Milliseconds for which a commit waits for another program that has locked the database: much too short to be taken for a hang,
 *  because the writer waits in native code and answers no heartbeat meanwhile. */
const LOCKED_MS = 250;

/** Opens and migrates the database. At the start of the process, first checks that its files are complete and belong together.
 *  @throws StoreError */
export const openWriter = (dataDir: string, options: WriterOptions = {}): StoreWriter => {
  const isStart = options.resetPresence ?? true;
  const db = isStart ? openAtStart(dataDir, options.onThorough) : openReadWrite(dataDir);
  try {
    if (!isStart) upgrade(db);
    if (options.maxPages !== undefined) db.pragma(`max_page_count = ${String(options.maxPages)}`);
    const generation = new Generation(db, dataDir);
    const writer = new StoreWriter(db, options, generation);
    if (isStart) generation.advance();
    db.pragma(`busy_timeout = ${String(LOCKED_MS)}`);
    return writer;
  } catch (error) {
    db.close();
    if (sqliteCode(error).startsWith('SQLITE_BUSY'))
      throw new StoreError('locked', `${databasePath(dataDir)} is locked by another program`, error);
    throw error;
  }
};

/** How the writer empties its write-ahead log: see `Generation`. */
export type WriteAheadLog = Pick<Generation, 'advance' | 'end'>;

/** The only connection that writes, and all that is done with it. */
export class StoreWriter {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #log: WriteAheadLog;
  #copying: AbortController | undefined;
  readonly #groupCommit: GroupCommit;
  readonly #background: BackgroundWork;

  constructor(
    db: Db,
    { clock = systemClock, sessionTtlMs, onCommit }: WriterOptions,
    log: WriteAheadLog = { advance: (patienceMs) => truncateWal(db, patienceMs), end: () => undefined },
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#log = log;
    makeTransientTables(db);
    const connection = new WriteConnection(db);
    if (sessionTtlMs !== undefined) {
      const shorten = shortenSessions(connection);
      connection.transaction((tx) => {
        shorten(tx, sessionTtlMs);
      });
    }
    this.#background = new BackgroundWork(db, connection, clock, log);
    this.#groupCommit = new GroupCommit(connection, this.#background, clock, onCommit);
  }

  /** See `GroupCommit`. */
  commit(batch: readonly WriteMessage[], watch?: CommitWatch): readonly WriteOutcome[] {
    return this.#groupCommit.commit(batch, watch);
  }

  /** A step of the search index, over at most `budget` messages and for about `ms` milliseconds. Says whether there is more. */
  indexSome(budget?: number, ms?: number): boolean {
    return this.#background.indexSome(budget, ms);
  }

  /** Messages that searches read without the index. */
  indexBacklog(): number {
    return this.#background.indexBacklog();
  }

  /** Empties the write-ahead log into the file; false when a reader was in the way. To be called on a schedule. */
  truncate(): boolean {
    return this.#log.advance();
  }

  /** Changes the limit of the file's size. */
  allowPages(maxPages: number): void {
    this.#db.pragma(`max_page_count = ${String(maxPages)}`);
  }

  /** See `copyDatabase`. One copy at a time. */
  copyTo(path: string): Promise<CopiedDatabase> {
    this.#copying = new AbortController();
    return copyDatabase(this.#db, path, this.#clock, this.#copying.signal);
  }

  /** The copy that is being made ends with an error; needed before `close`. */
  cancelCopy(): void {
    this.#copying?.abort();
  }

  close(): void {
    try {
      this.#log.end();
      truncateWal(this.#db);
    } finally {
      this.#db.close();
    }
  }
}
