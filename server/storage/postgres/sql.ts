/** A statement with a name, under which each connection prepares it once. `Row` is the tuple of its columns. */
export interface Statement<Row extends readonly unknown[]> {
  readonly name: string;
  readonly text: string;
  /** For the compiler only. */
  readonly row?: Row;
}

const texts = new Map<string, string>();

/** Throws if the name stands for another statement: the connection that had prepared one of them would refuse the other, and nothing
 *  would be noticed until the two meet on one connection. '' is no name: such a statement is prepared each time. */
export const statement = <Row extends readonly unknown[] = never[]>(
  name: string,
  text: string,
): Statement<Row> => {
  const known = texts.get(name);
  if (name !== '' && known !== undefined && known !== text)
    throw new Error(`two different statements have the name "${name}"`);
  texts.set(name, text);
  return { name, text };
};

/** Runs statements on one connection in the order of the calls, without waiting for the answer of the one before: several calls
 *  before the first `await` travel together. Rows come as arrays of their columns: bigint as a number, bytea as a Buffer, uuid as
 *  lower-case text. An array as a parameter is an SQL array. */
export interface Sql {
  query<Row extends readonly unknown[]>(
    statement: Statement<Row>,
    values?: readonly unknown[],
  ): Promise<readonly Row[]>;
  /** Like `query`, for a statement whose rows do not matter. Returns how many rows it changed. */
  run(statement: Statement<readonly unknown[]>, values?: readonly unknown[]): Promise<number>;
}

/** A bounded number of connections to one PostgreSQL database. A connection that was lost is replaced with the next question. All
 *  that fails rejects with a `DatabaseError`. */
export interface Database {
  /** One statement that only reads, outside a transaction: one that writes is refused (25006). */
  query: Sql['query'];
  /** Reads several statements at one moment: a read-only transaction with one snapshot. */
  snapshot<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Writes in one transaction (READ COMMITTED), and resolves once it is committed. A deadlock, a serialisation failure or a lock
   *  that was not available (40P01, 40001, 55P03) undoes it and calls `work` again, 3 times at most; with `waitsOnce` not for a lock. If the connection was lost
   *  during COMMIT, it rejects although the transaction may have been committed. */
  transaction<T>(work: (sql: Sql) => Promise<T>, options?: { readonly waitsOnce?: boolean }): Promise<T>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}
