import type { RunResult } from 'better-sqlite3';
import { isOutsideFault } from '../store-error.ts';
import type { Db, Prepared } from './open.ts';

/** Carries the types of a statement's parameters and rows. It exists for the compiler only. */
declare const SHAPE: unique symbol;

/** A prepared statement that only reads. It has no method that runs it: an `Rx` does, so it never runs outside a snapshot. No
 *  iterator of it exists either, because one that stays open keeps its connection busy for good. */
export interface ReadStatement<Bound extends unknown[], Row> {
  readonly [SHAPE]?: { readonly kind: 'read'; readonly bound: Bound; readonly row: Row };
  /** Rows become arrays of their columns. */
  raw(): ReadStatement<Bound, Row>;
  /** Rows become the value of their first column. */
  pluck(): ReadStatement<Bound, Row>;
}

/** A prepared statement that writes. `Row` is what it returns, where it has a RETURNING clause. */
export interface WriteStatement<Bound extends unknown[], Row = never> {
  readonly [SHAPE]?: { readonly kind: 'write'; readonly bound: Bound; readonly row: Row };
  pluck(): WriteStatement<Bound, Row>;
}

type BoundOf<Parameters> = Parameters extends unknown[] ? Parameters : [Parameters];

/** Prepares reads once per connection. */
export interface ReadStatements {
  /** @throws Error if the statement would change the database */
  read<Parameters extends unknown[] | object, Row>(sql: string): ReadStatement<BoundOf<Parameters>, Row>;
}

/** Prepares reads and writes once per connection. */
export interface WriteStatements extends ReadStatements {
  write<Parameters extends unknown[] | object, Row = never>(
    sql: string,
  ): WriteStatement<BoundOf<Parameters>, Row>;
}

/** The right to read, inside an open snapshot: all statements see one moment of the database. Only `snapshot` and `transaction`
 *  hand one out, and it throws once they have returned. */
export interface Rx {
  get<Bound extends unknown[], Row>(
    statement: ReadStatement<Bound, Row>,
    ...bound: NoInfer<Bound>
  ): Row | undefined;
  all<Bound extends unknown[], Row>(statement: ReadStatement<Bound, Row>, ...bound: NoInfer<Bound>): Row[];
}

/** The right to write, inside the writer's transaction. It may also do all that an `Rx` may, and sees its own changes. */
export interface Tx extends Rx {
  run<Bound extends unknown[]>(
    statement: WriteStatement<Bound, unknown>,
    ...bound: NoInfer<Bound>
  ): RunResult;
  /** The rows of a RETURNING clause. */
  returned<Bound extends unknown[], Row>(
    statement: WriteStatement<Bound, Row>,
    ...bound: NoInfer<Bound>
  ): Row[];
}

type AnyStatement = Prepared<unknown[], unknown>;

/** One per connection, because it holds nothing but whether it may be used now. */
class Handle implements Tx {
  /** How many statements may still be run with it. */
  left = 0;

  get<Bound extends unknown[], Row>(statement: ReadStatement<Bound, Row>, ...bound: unknown[]) {
    return this.#opened(statement).get(...bound) as Row | undefined;
  }

  all<Bound extends unknown[], Row>(statement: ReadStatement<Bound, Row>, ...bound: unknown[]) {
    return this.#opened(statement).all(...bound) as Row[];
  }

  run<Bound extends unknown[]>(statement: WriteStatement<Bound, unknown>, ...bound: unknown[]) {
    return this.#opened(statement).run(...bound);
  }

  returned<Bound extends unknown[], Row>(statement: WriteStatement<Bound, Row>, ...bound: unknown[]) {
    return this.#opened(statement).all(...bound) as Row[];
  }

  #opened(statement: unknown): AnyStatement {
    if (this.left <= 0) throw new Error('a snapshot or transaction was used after its end');
    this.left -= 1;
    return statement as AnyStatement;
  }
}

/** A connection that is read from. */
export class ReadConnection implements ReadStatements {
  protected readonly db: Db;
  protected readonly handle = new Handle();
  readonly #begin;
  readonly #end;

  constructor(db: Db) {
    this.db = db;
    this.#begin = db.prepare('BEGIN');
    this.#end = db.prepare('COMMIT');
  }

  read<Parameters extends unknown[] | object, Row>(sql: string): ReadStatement<BoundOf<Parameters>, Row> {
    const statement = this.db.prepare<Parameters, Row>(sql);
    if (!statement.readonly) throw new Error(`not a read: ${sql}`);
    return statement;
  }

  /** Runs `query` on one moment of the database: the last commit before it began. It has to be short, because the writer cannot
   *  empty its log while a snapshot is open. */
  snapshot<T>(query: (rx: Rx) => T): T {
    this.#begin.run();
    this.handle.left = Infinity;
    try {
      return query(this.handle);
    } finally {
      this.handle.left = 0;
      // SQLite has already ended the snapshot by itself after some faults. The error of the query says which, so it must not be
      // replaced by that of a COMMIT.
      if (this.db.inTransaction) this.#end.run();
    }
  }

  /** As `snapshot`, for a query that runs one statement, which is a snapshot by itself. A second one throws. */
  single<T>(query: (rx: Rx) => T): T {
    this.handle.left = 1;
    try {
      return query(this.handle);
    } finally {
      this.handle.left = 0;
    }
  }

  /** Whether another snapshot can be opened. False if an earlier one was left open, or the connection was closed. */
  isUsable(): boolean {
    try {
      if (this.db.inTransaction) return false;
      this.#begin.run();
      this.#end.run();
      return true;
    } catch {
      return false;
    }
  }
}

/** The connection of the writer, the only one that changes rows. */
export class WriteConnection extends ReadConnection implements WriteStatements {
  readonly #begin;
  readonly #commit;
  readonly #rollback;
  readonly #savepoint;
  readonly #release;
  readonly #undo;

  constructor(db: Db) {
    super(db);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#rollback = db.prepare('ROLLBACK');
    this.#savepoint = db.prepare('SAVEPOINT write');
    this.#release = db.prepare('RELEASE write');
    this.#undo = db.prepare('ROLLBACK TO write');
  }

  write<Parameters extends unknown[] | object, Row = never>(
    sql: string,
  ): WriteStatement<BoundOf<Parameters>, Row> {
    return this.db.prepare<Parameters, Row>(sql);
  }

  /** Commits what `work` has written, or nothing if it throws. */
  transaction<T>(work: (tx: Tx) => T): T {
    this.#begin.run();
    this.handle.left = Infinity;
    try {
      const result = work(this.handle);
      this.#commit.run();
      return result;
    } catch (error) {
      // SQLite has already rolled back by itself after some faults, a full disk among them.
      if (this.db.inTransaction) this.#rollback.run();
      throw error;
    } finally {
      this.handle.left = 0;
    }
  }

  /** Inside a transaction: if `work` throws, takes back what it has written, and nothing else. After a fault of disk, memory or
   *  file, the whole transaction fails, so it takes back nothing. */
  savepoint<T>(work: () => T): T {
    this.#savepoint.run();
    try {
      const result = work();
      this.#release.run();
      return result;
    } catch (error) {
      if (!isOutsideFault(error) && this.db.inTransaction) {
        this.#undo.run();
        this.#release.run();
      }
      throw error;
    }
  }

  /** Whether a transaction is open. SQLite ends it by itself after some faults. */
  get inTransaction(): boolean {
    return this.db.inTransaction;
  }
}
