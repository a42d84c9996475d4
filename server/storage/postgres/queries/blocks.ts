import type { Queries } from '../../reads.ts';
import { KIND } from '../../rules/event-kinds.ts';
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

// The index `events_of_blocks` has these very kinds.
const CHANGED_SINCE = statement<[user: string, peer: string, at: number, userRow: number, cursor: number]>(
  'blocks_changed_since',
  `SELECT u.id, p.id, e.at, e.user_row, e.cursor
   FROM events e JOIN users u ON u.row = e.user_row JOIN users p ON p.row = e.subject
   WHERE e.kind IN (${String(KIND.userBlocked)}, ${String(KIND.userUnblocked)})
     AND (e.at, e.user_row, e.cursor) > ($1::bigint, $2::bigint, $3::bigint)
   ORDER BY e.at, e.user_row, e.cursor LIMIT $4`,
);

/** Whom users block. A deleted user is in no list, from the decision on. */
export const blockQueries = ({
  database,
  clock,
}: PostgresQueryDeps): Pick<Queries, 'blocks' | 'hasBlock' | 'blocksChangedSince'> => ({
  async blocks(userId) {
    return seenUsers(await database.query(BLOCKS, [userId]), clock.now());
  },
  async hasBlock(conversationId) {
    const [found] = await database.query(HAS_BLOCK, [conversationId]);
    return found?.[0] === true;
  },
  async blocksChangedSince(at, { after, limit }) {
    const from = after === null ? [at, -1, 0] : after.split(':').map(Number);
    const found = await database.query(CHANGED_SINCE, [...from, limit]);
    const last = found.length < limit ? undefined : found.at(-1);
    return {
      pairs: found.map(([userId, peerId]) => [userId, peerId] as const),
      next: last === undefined ? null : last.slice(2).join(':'),
    };
  },
});
