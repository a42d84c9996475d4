import type { Queries } from '../../reads.ts';
import { statement } from '../sql.ts';
import type { PostgresQueryDeps } from './query-deps.ts';
import { SEEN_USER, SEEN_USER_JOINS, seenUsers, type SeenUserTuple } from './users.ts';

const BLOCKS = statement<SeenUserTuple>(
  'blocks',
  `SELECT ${SEEN_USER} FROM users v JOIN blocks b ON b.user_row = v.row JOIN users u ON u.row = b.peer ${SEEN_USER_JOINS}
   WHERE v.id = $1 AND v.username IS NOT NULL AND u.username IS NOT NULL ORDER BY b.row DESC`,
);
const HAS_BLOCK = statement<[boolean]>(
  'has_block',
  'SELECT low_blocks OR high_blocks FROM conversations WHERE id = $1',
);

/** Whom users block. A deleted user is in no list, from the decision on. */
export const blockQueries = ({
  database,
  clock,
}: PostgresQueryDeps): Pick<Queries, 'blocks' | 'hasBlock'> => ({
  async blocks(userId) {
    return seenUsers(await database.query(BLOCKS, [userId]), clock.now());
  },
  async hasBlock(conversationId) {
    const [found] = await database.query(HAS_BLOCK, [conversationId]);
    return found?.[0] === true;
  },
});
