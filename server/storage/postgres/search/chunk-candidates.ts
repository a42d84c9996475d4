import {
  decodeRows,
  descending,
  CHUNK_ROWS,
  firstRowOf,
  intersect,
  newBitmap,
} from '../../search/postings.ts';
import { statement, type Sql } from '../sql.ts';
import { indexVersion } from './index-version.ts';
import { bucketOfGram, listIn } from './packed-lists.ts';

const CHUNKS = statement<[chunk: number]>(
  'search_chunks',
  'SELECT chunk FROM search_chunks WHERE user_row = $1 AND chunk >= $2 AND chunk <= $3 AND version = $4',
);
const LISTS = statement<[chunk: number, bucket: number, lists: Buffer]>(
  'search_lists',
  `SELECT chunk, bucket, lists FROM search_lists
   WHERE user_row = $1 AND chunk >= $2 AND chunk <= $3 AND bucket = ANY($4::smallint[])`,
);

const candidates = newBitmap();
const other = newBitmap();

/** For each of the chunks `first`..`last` of a user's log that has an index: the cursors of the messages that have all grams, the
 *  highest first. */
export const candidatesIn = async (
  sql: Pick<Sql, 'query'>,
  user: number,
  first: number,
  last: number,
  grams: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> => {
  const buckets = [...new Set(grams.map(bucketOfGram))];
  const [indexed, lists] = await Promise.all([
    sql.query(CHUNKS, [user, first, last, indexVersion()]),
    sql.query(LISTS, [user, first, last, buckets]),
  ]);
  const packed = new Map<number, Map<number, Buffer>>();
  for (const [chunk, bucket, bytes] of lists) {
    const known = packed.get(chunk);
    if (known === undefined) packed.set(chunk, new Map([[bucket, bytes]]));
    else known.set(bucket, bytes);
  }
  return new Map(
    indexed.map(([chunk]) => {
      const offsets = cut(packed.get(chunk) ?? new Map<number, Buffer>(), grams);
      return [chunk, offsets.map((offset) => firstRowOf(chunk) + offset)];
    }),
  );
};

/** Offsets of the messages of one chunk that have all grams, the highest first. */
const cut = (packed: ReadonlyMap<number, Buffer>, grams: readonly number[]): number[] => {
  for (const [at, gram] of grams.entries()) {
    const bucket = packed.get(bucketOfGram(gram));
    const list = bucket === undefined ? null : listIn(bucket, gram);
    if (list === null) return [];
    decodeRows(list, at === 0 ? candidates : other);
    if (at > 0 && !intersect(candidates, other)) return [];
  }
  return [...descending(candidates, CHUNK_ROWS)];
};
