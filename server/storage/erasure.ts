import type { Connection } from './open.ts';

/** The tables that hold what a deletion takes away: names, password hashes, addresses. All are small beside the messages. */
const PERSONAL = ['users', 'credentials', 'user_sessions'];

/** Takes the last traces of deleted people from the file (P7). `secure_delete` zeroes every freed cell and page, but where
 *  the database had once moved cells between two pages, the old place can keep a copy in its unused part. So the rows
 *  and indices of these tables are written anew, into zeroed pages, and the write-ahead log is emptied. */
export class Erasure {
  readonly #db: Connection;
  readonly #pending;
  readonly #done;

  constructor(db: Connection) {
    this.#db = db;
    this.#pending = db.prepare<[], number>(`SELECT value FROM meta WHERE key = 'erasures'`).pluck();
    this.#done = db.prepare(`UPDATE meta SET value = 0 WHERE key = 'erasures'`);
  }

  pending(): boolean {
    return (this.#pending.get() ?? 0) > 0;
  }

  /** Outside any transaction. Says whether the traces of all deletions so far are gone; false when a reader still needs the
   *  old log, then it is to be called again. */
  run(): boolean {
    if (!this.pending()) return true;
    this.#rewrite();
    if (!truncateWal(this.#db)) return false;
    this.#done.run();
    // The change of the mark itself is in the log now; it holds no name.
    return true;
  }

  #rewrite(): void {
    // Rows keep their numbers, so no reference changes; checking each would make this quadratic. Has no effect
    // inside a transaction, hence outside.
    this.#db.pragma('foreign_keys = OFF');
    try {
      this.#db
        .transaction(() => {
          for (const table of PERSONAL) {
            this.#db.exec(`CREATE TEMP TABLE kept AS SELECT * FROM main.${table} ORDER BY 1;
              DELETE FROM main.${table};
              INSERT INTO main.${table} SELECT * FROM temp.kept ORDER BY 1;
              DROP TABLE temp.kept;`);
          }
        })
        .immediate();
    } finally {
      this.#db.pragma('foreign_keys = ON');
    }
  }
}

/** Copies the whole log into the file and cuts it to nothing. Waits a moment for readers, no longer: the writer has work to do. */
export const truncateWal = (db: Connection): boolean => {
  const patience = db.pragma('busy_timeout', { simple: true });
  db.pragma('busy_timeout = 50');
  try {
    const [outcome] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return outcome?.busy === 0;
  } finally {
    db.pragma(`busy_timeout = ${String(patience)}`);
  }
};
