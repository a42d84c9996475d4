import { statSync } from 'node:fs';
import { join } from 'node:path';
import { truncateWal } from '../checkpoint.ts';
import { identityOf, readState, WAL_FILE, writeState } from './file-state.ts';
import { forgetInUse, IN_USE, isInUse } from './in-use.ts';
import { DATABASE_FILE, type Db } from '../open.ts';
import { isOutsideFault } from '../../store-error.ts';

/** The first 32 characters; the previous generation may follow them. */
export const CURRENT_GENERATION = `SELECT substr(value, 1, 32) FROM meta WHERE key = 'generation'`;

/** Gives the database a new generation each time its log is emptied, and begins the next log with it. A database file that was
 *  put in the place of ours does not match the log beside it; an older one does not match the note; a copy of the file alone is
 *  marked as in use.
 *
 *  During the change, the row contains the new generation and the previous one, then only the new one. A power cut at any moment
 *  is safe: the note permits the new value before it is written; the log that contains the new value also names the previous
 *  one, which may still be in the file; and log and note drop the previous one only after a checkpoint has synced the file with
 *  the new one. */
export class Generation {
  readonly #db: Db;
  readonly #dataDir: string;
  readonly #fresh;
  readonly #write;
  /** The generations that the file may contain. Two while a reader prevents the log from being emptied. */
  #possible: readonly string[];
  /** Length of the log in bytes when it was begun. If it has not grown since, there is nothing to empty. */
  #begun = -1;

  constructor(db: Db, dataDir: string) {
    this.#db = db;
    this.#dataDir = dataDir;
    this.#fresh = db.prepare<[], string>('SELECT lower(hex(randomblob(16)))').pluck();
    this.#write = db.prepare<[string]>(`UPDATE meta SET value = ? WHERE key = 'generation'`);
    const noted = readState(dataDir)?.generations ?? [];
    const current = db.prepare<[], string>(CURRENT_GENERATION).pluck().get() ?? '';
    this.#possible = noted.includes(current) ? noted : [current];
  }

  /** Empties the log into the database file, outside any transaction. Returns false if a reader prevented it or the disk is
   *  full; call it again then. `patienceMs`: how long it waits for readers. */
  advance(patienceMs?: number): boolean {
    try {
      return this.#advance(patienceMs);
    } catch (error) {
      if (isOutsideFault(error)) return false;
      throw error;
    }
  }

  /** Before the connection is closed: the file that is left must not say that it is in use. An `advance` that a full disk broke off
   *  leaves the mark. */
  end(): void {
    if (isInUse(this.#db)) forgetInUse(this.#db);
  }

  #advance(patienceMs: number | undefined): boolean {
    const wal = join(this.#dataDir, WAL_FILE);
    if (statSync(wal, { throwIfNoEntry: false })?.size === this.#begun) return true;
    if (this.#possible.length < 2 && !this.#propose()) return truncateWal(this.#db, patienceMs);
    const [before = '', next = ''] = this.#possible;
    if (!this.#mark(next + before + IN_USE)) return truncateWal(this.#db, patienceMs);
    const isEmptied = truncateWal(this.#db, patienceMs);
    this.#write.run(isEmptied ? next : next + before);
    if (!isEmptied) return false;
    this.#possible = [next];
    this.#begun = statSync(wal, { throwIfNoEntry: false })?.size ?? -1;
    this.#note();
    return true;
  }

  /** Returns false if there is no room. Emptying the log may make some. */
  #mark(value: string): boolean {
    try {
      this.#write.run(value);
      return true;
    } catch (error) {
      if (isOutsideFault(error)) return false;
      throw error;
    }
  }

  /** Returns false if the note cannot be written. */
  #propose(): boolean {
    const [current = ''] = this.#possible;
    this.#possible = [current, this.#fresh.get() ?? ''];
    if (this.#note()) return true;
    this.#possible = [current];
    return false;
  }

  /** Returns whether the note was written. On a full disk it is not; the files cannot be told apart then, but the server goes
   *  on. */
  #note(): boolean {
    const metaPage = this.#db
      .prepare<[], number>(`SELECT rootpage FROM sqlite_schema WHERE name = 'meta'`)
      .pluck()
      .get();
    try {
      writeState(this.#dataDir, {
        database: identityOf(join(this.#dataDir, DATABASE_FILE)),
        wal: identityOf(join(this.#dataDir, WAL_FILE)),
        metaPage: metaPage ?? 0,
        generations: this.#possible,
      });
      return true;
    } catch {
      return false;
    }
  }
}
