import { statement, type Sql } from '../sql.ts';
import type { LoadedBlocks } from './batch-blocks.ts';
import type { BatchedWrite } from './batched-write.ts';

const BLOCKS = statement<[user: number, peer: number]>(
  'batch_blocks',
  `SELECT b.user_row, b.peer FROM unnest($1::bigint[], $2::bigint[]) AS t (user_row, peer)
   JOIN blocks b ON b.user_row = t.user_row AND b.peer = t.peer`,
);
const COUNTS = statement<[user: number, blocks: number]>(
  'batch_block_counts',
  'SELECT user_row, count(*) FROM blocks WHERE user_row = ANY($1::bigint[]) GROUP BY user_row',
);
const NONE: LoadedBlocks = { blocks: [], counts: new Map() };

/** The blocks that the rules of a batch may ask for, between the users of these pairs: those without a conversation, in which a block would
 *  stand, and those of writes that block. */
export const loadBlocks = async (
  sql: Sql,
  batch: readonly BatchedWrite[],
  rows: ReadonlyMap<string, number>,
  withoutConversation: readonly (readonly [low: number, high: number])[],
): Promise<LoadedBlocks> => {
  const asked = batch.flatMap((write) => {
    if (write.type !== 'setBlock') return [];
    const [user, peer] = [rows.get(write.input.userId), rows.get(write.input.peerId)];
    return user === undefined || peer === undefined ? [] : [[user, peer] as const];
  });
  const pairs = [
    ...asked,
    ...withoutConversation.flatMap(
      ([low, high]) =>
        [
          [low, high],
          [high, low],
        ] as const,
    ),
  ];
  if (pairs.length === 0) return NONE;
  const blockers = [...new Set(asked.map(([user]) => user))];
  const [blocks, counts] = await Promise.all([
    sql.query(BLOCKS, [pairs.map(([user]) => user), pairs.map(([, peer]) => peer)]),
    blockers.length === 0 ? [] : sql.query(COUNTS, [blockers]),
  ]);
  return { blocks, counts: new Map(counts) };
};
