import { statement, type Sql } from './sql.ts';

/** Many rows as a table: an array for each column, of these types, in the order of the parameters. */
export const unnest = (types: readonly string[]): string =>
  `unnest(${types.map((type, at) => `$${String(at + 1)}::${type}[]`).join(', ')})`;

/** A column of a bulk statement: its type, and its value in each row. */
export type BulkColumns<Row> = readonly (readonly [type: string, value: (row: Row) => unknown])[];

/** One statement for many rows, whose values travel as an array for each column. `text` gets the rows as a table. Nothing is sent for no
 *  rows. */
export const bulk = <Row>(name: string, columns: BulkColumns<Row>, text: (rows: string) => string) => {
  const prepared = statement(name, text(unnest(columns.map(([type]) => type))));
  return (sql: Sql, rows: readonly Row[]): Promise<unknown> | undefined =>
    rows.length === 0
      ? undefined
      : sql.run(
          prepared,
          columns.map(([, value]) => rows.map(value)),
        );
};
