import type { Db } from './open.ts';

interface SchemaRow {
  readonly name: string;
  readonly sql: string;
}

const freshOf = (table: string): string => `${table}_fresh`;
const oldOf = (table: string): string => `${table}_old`;
const TRIGGERS = ['insert', 'update', 'delete'] as const;
const triggerOf = (table: string, when: (typeof TRIGGERS)[number]): string => `${freshOf(table)}_${when}`;
/** Names of indices are the database's, and an index cannot be renamed: they alternate from one rewriting to the next. */
const otherName = (index: string): string => (index.endsWith('_b') ? index.slice(0, -2) : `${index}_b`);

/** Rewrites the rows and indexes of one table into new pages, in steps of some rows each. The old pages are overwritten with
 *  zeros when they become free. Meanwhile the table can be read and written as usual: triggers copy each change. Works for
 *  tables with an integer primary key; rows keep their numbers. */
export class TableRewrite {
  readonly #db: Db;
  readonly #table: string;
  #state: 'copying' | 'draining' = 'copying';
  #copied = 0;

  constructor(db: Db, table: string) {
    this.#db = db;
    this.#table = table;
    this.#transaction(() => {
      this.#begin();
    });
  }

  /** Removes what a rewriting has left behind that was broken off. */
  static discard(db: Db, table: string): void {
    for (const when of TRIGGERS) db.exec(`DROP TRIGGER IF EXISTS ${triggerOf(table, when)}`);
    db.exec(`DROP TABLE IF EXISTS ${freshOf(table)}`);
    db.exec(`DROP TABLE IF EXISTS ${oldOf(table)}`);
  }

  /** One transaction of at most `rows` rows, outside any other. Says whether the table is rewritten and its old pages are
   *  zeroed. */
  step(rows: number): boolean {
    if (this.#state === 'draining') return this.#transaction(() => this.#drain(rows));
    const isCopied = this.#transaction(() => this.#copy(rows));
    if (isCopied) this.#swap();
    return false;
  }

  #begin(): void {
    const db = this.#db;
    const [table, fresh] = [this.#table, freshOf(this.#table)];
    const sql = db
      .prepare<[string], string>(`SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?`)
      .pluck()
      .get(table);
    if (sql === undefined) throw new Error(`no table ${table}`);
    db.exec(sql.replace(/^CREATE TABLE ("?)\w+\1/, `CREATE TABLE ${fresh}`));
    const indices = db
      .prepare<[string], SchemaRow>(
        `SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`,
      )
      .all(table);
    for (const index of indices)
      db.exec(
        index.sql.replace(/ INDEX ("?)\w+\1 ON ("?)\w+\2/, ` INDEX ${otherName(index.name)} ON ${fresh}`),
      );
    const columns = (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
    const copy =
      `DELETE FROM ${fresh} WHERE rowid = NEW.rowid; INSERT INTO ${fresh} (${columns.join(', ')}) ` +
      `VALUES (${columns.map((name) => `NEW.${name}`).join(', ')});`;
    const bodies = { insert: copy, update: copy, delete: `DELETE FROM ${fresh} WHERE rowid = OLD.rowid;` };
    for (const when of TRIGGERS)
      db.exec(`CREATE TRIGGER ${triggerOf(table, when)} AFTER ${when} ON ${table} BEGIN ${bodies[when]} END`);
  }

  /** Rows that came or changed meanwhile are in the copy already, as they are now. */
  #copy(rows: number): boolean {
    const [table, fresh] = [this.#table, freshOf(this.#table)];
    const next = this.#db
      .prepare<[number, number], number | null>(
        `SELECT max(row) FROM (SELECT rowid AS row FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ? + 0)`,
      )
      .pluck()
      .get(this.#copied, rows);
    if (next === null || next === undefined) return true;
    this.#db
      .prepare<[number, number]>(
        `INSERT INTO ${fresh} SELECT * FROM ${table} t WHERE t.rowid > ? AND t.rowid <= ?
           AND NOT EXISTS (SELECT 1 FROM ${fresh} f WHERE f.rowid = t.rowid) ORDER BY t.rowid`,
      )
      .run(this.#copied, next);
    this.#copied = next;
    return false;
  }

  /** The copy takes the table's place. References to the table are by its name, and stay; outside a transaction, because the
   *  settings have no effect inside one. */
  #swap(): void {
    const db = this.#db;
    db.pragma('foreign_keys = OFF');
    db.pragma('legacy_alter_table = ON');
    try {
      this.#transaction(() => {
        for (const when of TRIGGERS) db.exec(`DROP TRIGGER ${triggerOf(this.#table, when)}`);
        db.exec(`ALTER TABLE ${this.#table} RENAME TO ${oldOf(this.#table)}`);
        db.exec(`ALTER TABLE ${freshOf(this.#table)} RENAME TO ${this.#table}`);
      });
      this.#state = 'draining';
    } finally {
      db.pragma('legacy_alter_table = OFF');
      db.pragma('foreign_keys = ON');
    }
  }

  /** The last few pages go with the table, and what they hold beside their rows: they are zeroed as a whole. */
  #drain(rows: number): boolean {
    const old = oldOf(this.#table);
    const { changes } = this.#db
      .prepare<[number]>(
        `DELETE FROM ${old} WHERE rowid IN (SELECT rowid FROM ${old} ORDER BY rowid LIMIT ? + 0)`,
      )
      .run(rows);
    if (changes === rows) return false;
    this.#db.exec(`DROP TABLE ${old}`);
    return true;
  }

  #transaction<T>(work: () => T): T {
    return this.#db.transaction(work).immediate();
  }
}
