import type { StatementAnswer, DatabaseConnection } from './connection.ts';
import { DatabaseError, databaseErrorOf } from './database-error.ts';
import { statement, type Sql, type Statement } from './sql.ts';

const BEGIN = statement('', 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
const BEGIN_SNAPSHOT = statement('', 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
const COMMIT = statement('', 'COMMIT');
const ROLLBACK = statement('', 'ROLLBACK');

/** The statements of one transaction. BEGIN travels with the first of them. */
class TransactionSql implements Sql {
  readonly #connection: DatabaseConnection;
  #isOver = false;
  /** What went wrong first; what follows in the same transaction is its consequence. */
  failure: DatabaseError | null = null;

  constructor(connection: DatabaseConnection, begin: Statement<readonly unknown[]>) {
    this.#connection = connection;
    this.#send(begin).catch(() => undefined);
  }

  query<Row extends readonly unknown[]>(
    statement: Statement<Row>,
    values?: readonly unknown[],
  ): Promise<readonly Row[]> {
    return this.#within(statement, values, ({ rows }) => rows as unknown as readonly Row[]);
  }

  run(statement: Statement<readonly unknown[]>, values?: readonly unknown[]): Promise<number> {
    return this.#within(statement, values, ({ changed }) => changed);
  }

  /** COMMIT or ROLLBACK. Afterwards nothing more can be sent. */
  async end(statement: Statement<readonly unknown[]>): Promise<StatementAnswer> {
    this.#isOver = true;
    return await this.#connection.send(statement);
  }

  #within<T>(
    statement: Statement<readonly unknown[]>,
    values: readonly unknown[] | undefined,
    read: (answer: StatementAnswer) => T,
  ): Promise<T> {
    if (this.#isOver) return Promise.reject(new Error(`the transaction is over: ${statement.name}`));
    const answer =
      this.failure === null ? this.#send(statement, values).then(read) : Promise.reject<T>(this.failure);
    // Whoever awaits several answers hears of the first failure; the others are no unhandled rejections.
    answer.catch(() => undefined);
    return answer;
  }

  async #send(
    statement: Statement<readonly unknown[]>,
    values?: readonly unknown[],
  ): Promise<StatementAnswer> {
    try {
      return await this.#connection.send(statement, values);
    } catch (error) {
      this.failure ??= databaseErrorOf(error);
      throw error;
    }
  }
}

/** @throws DatabaseError, or what `work` throws. Then nothing is committed, unless the error is of kind `unknown-outcome`. */
export const inTransaction = async <T>(
  connection: DatabaseConnection,
  work: (sql: Sql) => Promise<T>,
): Promise<T> => {
  const sql = new TransactionSql(connection, BEGIN);
  let result: T;
  try {
    result = await work(sql);
  } catch (error) {
    await undo(sql, connection);
    throw sql.failure ?? error;
  }
  if (sql.failure !== null) {
    await undo(sql, connection);
    throw sql.failure;
  }
  await commit(sql, connection);
  return result;
};

const commit = async (sql: TransactionSql, connection: DatabaseConnection): Promise<void> => {
  connection.takeWarning();
  let answer: StatementAnswer;
  try {
    answer = await sql.end(COMMIT);
  } catch (error) {
    const { code, message, kind, constraint } = databaseErrorOf(error);
    // A session that lives on has rolled back. One that has ended may have committed before.
    const isUndone = await connection.send(ROLLBACK).then(
      () => true,
      () => false,
    );
    throw new DatabaseError(isUndone ? kind : 'unknown-outcome', code, message, constraint, error);
  }
  const warning = connection.takeWarning();
  if (warning !== null) {
    // Committed here, but perhaps on no standby: a failover would lose it.
    const failure = new DatabaseError('unknown-outcome', warning.slice(0, 5), `COMMIT warned: ${warning}`);
    connection.drop(failure);
    throw failure;
  }
  // The answer of a failed transaction to COMMIT is ROLLBACK: a statement has failed that nobody awaited.
  if (answer.command !== 'COMMIT') {
    throw sql.failure ?? new DatabaseError('statement', '25P02', 'the transaction was rolled back');
  }
};

/** A connection that can't roll back is lost, and the server rolls back. */
const undo = async (sql: TransactionSql, connection: DatabaseConnection): Promise<void> => {
  await sql.end(ROLLBACK).catch((error: unknown) => {
    connection.drop(databaseErrorOf(error));
  });
};

/** `done` is called once the connection is free again, which is after the result. */
export const inSnapshot = async <T>(
  connection: DatabaseConnection,
  work: (sql: Sql) => Promise<T>,
  done: () => void,
): Promise<T> => {
  const sql = new TransactionSql(connection, BEGIN_SNAPSHOT);
  try {
    const result = await work(sql);
    if (sql.failure !== null) throw sql.failure;
    return result;
  } catch (error) {
    throw sql.failure ?? error;
  } finally {
    void undo(sql, connection).finally(done);
  }
};
