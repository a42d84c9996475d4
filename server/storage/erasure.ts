import type { Connection } from './open.ts';
import { isOutsideFault } from './store-error.ts';
import { TableRewrite } from './table-rewrite.ts';

/** The tables that hold what a deletion takes away: names, password hashes, addresses. */
const PERSONAL = ['users', 'credentials', 'user_sessions'];

/** Takes the last traces of deleted people from the file (P7). `secure_delete` zeroes every freed cell and page, but where
 *  the database had once moved cells between two pages, the old place can keep a copy in its unused part. So the rows
 *  and indices of these tables are written anew, and the write-ahead log is emptied: in steps, because with everybody's rows
 *  that takes a second and more. A restart in between begins anew. */
export class Erasure {
  readonly #db: Connection;
  readonly #emptyLog: () => boolean;
  readonly #asked;
  readonly #done;
  /** What is under way: for how many deletions, and which tables are left. */
  #round: { readonly deletions: number; readonly tables: string[] } | undefined;
  #rewrite: TableRewrite | undefined;

  /** `emptyLog` empties the write-ahead log into the file; false when a reader still needs it. */
  constructor(db: Connection, emptyLog: () => boolean) {
    this.#db = db;
    this.#emptyLog = emptyLog;
    this.#asked = db.prepare<[], number>(`SELECT value FROM meta WHERE key = 'erasures'`).pluck();
    this.#done = db.prepare<[number]>(`UPDATE meta SET value = max(0, value - ?) WHERE key = 'erasures'`);
  }

  /** Before anything else is done with a database: what a round has left that was broken off. Its deletions still count. */
  static discard(db: Connection): void {
    for (const table of PERSONAL) TableRewrite.discard(db, table);
  }

  pending(): boolean {
    return (this.#asked.get() ?? 0) > 0;
  }

  /** One step of at most `rows` rows, outside any transaction. Says whether the traces of all deletions so far are gone. A full disk, or a reader that still
   *  needs the old log, leaves the step to the next call. */
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
    const round = (this.#round ??= { deletions: this.#asked.get() ?? 0, tables: [...PERSONAL] });
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
