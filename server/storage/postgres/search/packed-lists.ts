import type { Posting } from '../../search/chunk.ts';

/** A chunk's posting lists are stored in so many rows: each a bucket of grams, `gram u32, length u16, list` one after the other,
 *  ascending by gram. One row per list would take five times the space. */
const BUCKETS = 512;

export const bucketOfGram = (gram: number): number => gram % BUCKETS;

const HEADER_BYTES = 6;

/** The lists of a chunk by bucket. `postings`: ascending by gram. */
export const packLists = (postings: Iterable<Posting>): Map<number, Buffer> => {
  const parts = new Map<number, Buffer[]>();
  for (const { gram, rows } of postings) {
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    header.writeUInt32LE(gram, 0);
    header.writeUInt16LE(rows.length, 4);
    const known = parts.get(bucketOfGram(gram));
    if (known === undefined) parts.set(bucketOfGram(gram), [header, rows]);
    else known.push(header, rows);
  }
  return new Map([...parts].map(([bucket, each]) => [bucket, Buffer.concat(each)]));
};

/** The list of one gram in its bucket's row, or null. */
export const listIn = (packed: Buffer, gram: number): Buffer | null => {
  for (let at = 0; at < packed.length;) {
    const found = packed.readUInt32LE(at);
    const end = at + HEADER_BYTES + packed.readUInt16LE(at + 4);
    if (found === gram) return packed.subarray(at + HEADER_BYTES, end);
    if (found > gram) return null;
    at = end;
  }
  return null;
};
