import { ChunkBuilder } from '../../search/chunk.ts';
import { CHUNK_ROWS, firstRowOf } from '../../search/postings.ts';
import { statement, type Database, type Sql } from '../sql.ts';
import { indexVersion } from './index-version.ts';
import { packLists } from './packed-lists.ts';

/** Messages read at once. A long step would keep the thread from everything else. */
const SLICE = 128;

const TAKE_JOB = statement<[user: number, chunk: number]>(
  'search_take_job',
  'SELECT user_row, chunk FROM search_todo WHERE version <= $1 LIMIT 1 FOR UPDATE SKIP LOCKED',
);
const half = (column: 'sender' | 'recipient'): string => `
  (SELECT ${column}_cursor AS cursor, content FROM messages
   WHERE ${column} = $1 AND ${column}_cursor >= $2 AND ${column}_cursor < $3 ORDER BY ${column}_cursor LIMIT $4)`;
const READ = statement<[cursor: number, content: string]>(
  'search_read',
  `SELECT * FROM (${half('sender')} UNION ALL ${half('recipient')}) each ORDER BY cursor LIMIT $4`,
);
const DELETE_LISTS = statement(
  'search_delete_lists',
  'DELETE FROM search_lists WHERE user_row = $1 AND chunk = $2',
);
const INSERT_LISTS = statement(
  'search_insert_lists',
  `INSERT INTO search_lists (user_row, chunk, bucket, lists)
   SELECT $1, $2, packed.bucket, packed.lists FROM unnest($3::smallint[], $4::bytea[]) AS packed (bucket, lists)`,
);
const INSERT_CHUNK = statement(
  'search_insert_chunk',
  `INSERT INTO search_chunks (user_row, chunk, version) VALUES ($1, $2, $3)
   ON CONFLICT (user_row, chunk) DO UPDATE SET version = excluded.version`,
);
const END_JOB = statement('search_end_job', 'DELETE FROM search_todo WHERE user_row = $1 AND chunk = $2');
const ADD_OUTDATED = statement(
  'search_add_outdated',
  `INSERT INTO search_todo (user_row, chunk, version)
   SELECT c.user_row, c.chunk, $1 FROM search_chunks c WHERE c.version < $1 AND NOT EXISTS (
     SELECT 1 FROM search_todo t WHERE t.user_row = c.user_row AND t.chunk = c.chunk AND t.version >= $1
   ) LIMIT $2
   ON CONFLICT (user_row, chunk) DO UPDATE SET version = excluded.version`,
);

/** Builds the index of one chunk that waits for it, in one transaction. Any host may call it at any time: each takes another job. Says
 *  whether there was one. Until it is committed, searches read the chunk's messages themselves. */
export const indexSome = (database: Pick<Database, 'transaction'>): Promise<boolean> =>
  database.transaction(async (sql) => {
    const [job] = await sql.query(TAKE_JOB, [indexVersion()]);
    if (job === undefined) return false;
    const [user, chunk] = job;
    const lists = packLists(await readChunk(sql, user, chunk));
    await Promise.all([
      sql.run(DELETE_LISTS, [user, chunk]),
      sql.run(INSERT_LISTS, [user, chunk, [...lists.keys()], [...lists.values()]]),
      sql.run(INSERT_CHUNK, [user, chunk, indexVersion()]),
      sql.run(END_JOB, [user, chunk]),
    ]);
    return true;
  });

/** After an upgrade: adds jobs for chunks that were built by older rules or an older Unicode, at most `limit`. Programs of before do
 *  not take them. Returns how many were added. */
export const queueOutdated = (database: Pick<Database, 'transaction'>, limit: number): Promise<number> =>
  database.transaction((sql) => sql.run(ADD_OUTDATED, [indexVersion(), limit]));

const readChunk = async (sql: Pick<Sql, 'query'>, user: number, chunk: number) => {
  const builder = new ChunkBuilder();
  const first = firstRowOf(chunk);
  const end = first + CHUNK_ROWS;
  for (let from = first; from < end;) {
    const read = await sql.query(READ, [user, from, end, SLICE]);
    for (const [cursor, content] of read) builder.add(cursor - first, content);
    from = read.length < SLICE ? end : (read.at(-1)?.[0] ?? end) + 1;
  }
  return builder.finish();
};
