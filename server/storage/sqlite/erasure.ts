import { REWRITTEN } from './deletion-policy.ts';
import type { Db } from './open.ts';
import { isOutsideFault } from '../store-error.ts';
import { TableRewrite } from './table-rewrite.ts';

/** Removes the last traces of deleted users from the file [P7]. `secure_delete` overwrites every freed cell and page with zeros,
 *  but if SQLite once moved cells between two pages, the unused part of the old page can still contain a copy. Therefore the
 *  rows and indexes of the tables with personal data are rewritten, and the write-ahead log is emptied. This is done in steps, because with many
 *  users it takes a second and more. After a restart it begins again. */
export class Erasure {
  readonly #db: Db;
  readonly #emptyLog: () => boolean;
  readonly #asked;
  readonly #done;
  /** The current round: how many deletions it covers, and which tables are left. */
  #round: { readonly deletions: number; readonly tables: string[] } | undefined;
  #rewrite: TableRewrite | undefined;

  /** `emptyLog` empties the write-ahead log into the file; false when a reader still needs it. */
  constructor(db: Db, emptyLog: () => boolean) {
    this.#db = db;
    this.#emptyLog = emptyLog;
    this.#asked = db.prepare<[], number>(`SELECT value FROM meta WHERE key = 'erasures'`).pluck();
    this.#done = db.prepare<[number]>(`UPDATE meta SET value = max(0, value - ?) WHERE key = 'erasures'`);
  }

  /** Before anything else is done with a database: what a round has left that was broken off. Its deletions still count. */
  static discard(db: Db): void {
    for (const table of REWRITTEN) TableRewrite.discard(db, table);
  }

  pending(): boolean {
    return (this.#asked.get() ?? 0) > 0;
  }

  /** One step of at most `rows` rows, outside any transaction. Says whether the traces of all deletions so far are gone. A full
   *  disk, or a reader that still needs the old log, leaves the step to the next call. */
  step(rows: number): boolean {
    if (!this.pending()) return true;
    try {
      this.#step(rows);
    } catch (error) {
      if (!isOutsideFault(error)) throw error;
    }
    return !this.pending();
  }

  #step(rows: number): void {
    const round = (this.#round ??= { deletions: this.#asked.get() ?? 0, tables: [...REWRITTEN] });
    const [table] = round.tables;
    if (table !== undefined) {
      this.#rewrite ??= new TableRewrite(this.#db, table);
      if (!this.#rewrite.step(rows)) return;
      this.#rewrite = undefined;
      round.tables.shift();
      return;
    }
    if (!this.#emptyLog()) return;
    // The change of this number is in the log now; it holds no name.
    this.#done.run(round.deletions);
    this.#round = undefined;
  }
}
