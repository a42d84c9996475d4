import type { Database, Sql, Statement } from '../../../server/storage/postgres/sql.ts';

/** A statement as it was run. */
export interface RunStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A database that notes the statements that are run on it, by name. */
export const recording = <D extends Database>(
  database: D,
): { readonly recorded: Database; readonly names: ReadonlyMap<string, RunStatement> } => {
  const names = new Map<string, RunStatement>();
  const note = ({ name, text }: Statement<readonly unknown[]>, values: readonly unknown[] = []): void => {
    names.set(name, { text, values });
  };
  const noted = (sql: Sql): Sql => ({
    query: (statement, values) => {
      note(statement, values);
      return sql.query(statement, values);
    },
    run: (statement, values) => {
      note(statement, values);
      return sql.run(statement, values);
    },
  });
  const recorded: Database = {
    query: (statement, values) => {
      note(statement, values);
      return database.query(statement, values);
    },
    snapshot: (work) => database.snapshot((sql) => work(noted(sql))),
    transaction: (work) => database.transaction((sql) => work(noted(sql))),
    close: () => database.close(),
  };
  return { recorded, names };
};
