import { statSync } from 'node:fs';
import { join } from 'node:path';
import { truncateWal } from './checkpoint.ts';
import { identityOf, readState, WAL_FILE, writeState } from './file-state.ts';
import { DATABASE_FILE, type Connection } from './open.ts';
import { isOutsideFault } from './store-error.ts';

/** Its first 32 characters; the generation before may follow. */
export const CURRENT_GENERATION = `SELECT substr(value, 1, 32) FROM meta WHERE key = 'generation'`;

/** Gives the database a new generation each time its log is emptied, and begins the next log with it. So a database file that
 *  was put in the place of ours can be told by the log that lies beside it, and one that is older than the note we left by the
 *  note.
 *
 *  While it changes, the row holds the new generation and the one before, then the new one alone. Each moment is safe for a
 *  power cut: the note allows the new value before it is written; the log that brings it names the old one too, which the
 *  file may still hold; and both give up the old one when the file, synced by the checkpoint, can't hold it any more. */
export class Generation {
  readonly #db: Connection;
  readonly #dataDir: string;
  readonly #current;
  readonly #fresh;
  readonly #write;
  /** What the file can hold. Two while a reader has kept the log from being emptied. */
  #possible: readonly string[];
  /** Bytes of the log when it was begun: as long as it has no more, there is nothing to empty. */
  #begun = -1;

  constructor(db: Connection, dataDir: string) {
    this.#db = db;
    this.#dataDir = dataDir;
    this.#current = db.prepare<[], string>(CURRENT_GENERATION).pluck();
    this.#fresh = db.prepare<[], string>('SELECT lower(hex(randomblob(16)))').pluck();
    this.#write = db.prepare<[string]>(`UPDATE meta SET value = ? WHERE key = 'generation'`);
    const noted = readState(dataDir)?.generations ?? [];
    const current = this.#current.get() ?? '';
    this.#possible = noted.includes(current) ? noted : [current];
  }

  /** Empties the log into the database file, outside any transaction. False when a reader was in the way, or the disk takes
   *  nothing; then it is to be called again. */
  advance(): boolean {
    try {
      return this.#advance();
    } catch (error) {
      if (isOutsideFault(error)) return false;
      throw error;
    }
  }

  #advance(): boolean {
    const wal = join(this.#dataDir, WAL_FILE);
    if (statSync(wal, { throwIfNoEntry: false })?.size === this.#begun) return true;
    if (this.#possible.length < 2 && !this.#propose()) return truncateWal(this.#db);
    if (!truncateWal(this.#db)) return false;
    const current = this.#current.get() ?? '';
    this.#write.run(current);
    this.#possible = [current];
    this.#begun = statSync(wal, { throwIfNoEntry: false })?.size ?? -1;
    this.#note();
    return true;
  }

  #propose(): boolean {
    const [current = ''] = this.#possible;
    const next = this.#fresh.get() ?? '';
    this.#possible = [current, next];
    if (this.#note()) {
      this.#write.run(next + current);
      return true;
    }
    this.#possible = [current];
    return false;
  }

  /** Says whether it was written. A full disk keeps the log from being told apart, and nobody from being served. */
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
