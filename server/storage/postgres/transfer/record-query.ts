import type { ExportRecord } from '../../transfer/export-record.ts';
import { statement, type Sql } from '../sql.ts';

/** Rows that are in memory at a time. */
const PAGE = 500;

/** How the records of one type are read. */
export interface RecordQuery<Row extends readonly unknown[]> {
  /** Sorted as in an export. */
  readonly select: string;
  readonly record: (row: Row) => ExportRecord;
  /** Rows that are in memory at a time, where the usual number is too many. */
  readonly page?: number;
}

const CLOSE = statement('', 'CLOSE records');

/** The rows of a query, through a cursor of the caller's transaction. One query at a time. */
export async function* rowsOf<Row extends readonly unknown[]>(
  sql: Sql,
  { select, page = PAGE }: { readonly select: string; readonly page?: number },
): AsyncGenerator<Row, void, void> {
  const fetch = statement<Row>('', `FETCH ${String(page)} FROM records`);
  await sql.run(statement('', `DECLARE records NO SCROLL CURSOR FOR ${select}`));
  for (;;) {
    const rows = await sql.query(fetch);
    yield* rows;
    if (rows.length < page) break;
  }
  await sql.run(CLOSE);
}
