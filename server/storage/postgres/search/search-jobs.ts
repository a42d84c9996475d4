import { bulk } from '../bulk.ts';
import { completedChunks } from './completed-chunks.ts';

/** How far the end of a user's log has moved. */
export interface MovedHead {
  readonly row: number;
  readonly before: number;
  readonly cursor: number;
}

const insertJobs = bulk<{ row: number; chunk: number }>(
  'add_search_jobs',
  [
    ['bigint', ({ row }) => row],
    ['integer', ({ chunk }) => chunk],
  ],
  (rows) => `INSERT INTO search_todo (user_row, chunk) SELECT * FROM ${rows} ON CONFLICT DO NOTHING`,
);

/** Has the chunks indexed that these logs have completed. Any program may do it. */
export const addSearchJobs = (
  sql: Parameters<typeof insertJobs>[0],
  heads: readonly MovedHead[],
): Promise<unknown> | undefined =>
  insertJobs(
    sql,
    heads.flatMap(({ row, before, cursor }) =>
      completedChunks(before, cursor).map((chunk) => ({ row, chunk })),
    ),
  );
