import type { ExportRecord } from '../../transfer/export-record.ts';

/** How the records of one type are read. */
export interface RecordQuery<Row extends readonly unknown[]> {
  /** Sorted as in an export. */
  readonly select: string;
  readonly record: (row: Row) => ExportRecord;
  /** Rows that are in memory at a time, where the usual number is too many. */
  readonly page?: number;
}
