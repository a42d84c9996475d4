import { PAGE_MAX } from '../../../protocol/limits.ts';
import { pairOf } from '../../pair.ts';
import { conversationCursor, parseConversationCursor } from '../../presenting/conversation-cursor.ts';
import { Presenters } from '../../presenting/presenters.ts';
import { bucketOf, mySide } from '../../rules/conversation-record.ts';
import { statement } from '../sql.ts';
import { LoadedRows, type ShownConversationTuple } from './loaded-rows.ts';
import type { Queries } from '../../reads.ts';
import type { PostgresQueryDeps } from './query-deps.ts';
import { joinedWith, SHOWN_CONVERSATION } from './shown-conversations.ts';

type ConversationQueries = Pick<Queries, 'pair' | 'conversation' | 'conversations'>;

/** The viewer, and a conversation as `SHOWN_CONVERSATION`; without one, everything but the viewer is null. */
export type ListedTuple = readonly [viewer: number, ...(ShownConversationTuple | readonly null[])];

/** The column by which a user's list is ordered, of a row `c` of `conversations` that is joined with their entry `m`. */
const OWN_ACTIVITY = 'CASE WHEN c.low = m.user_row THEN c.low_activity ELSE c.high_activity END';
const IS_LISTED = 'NOT CASE WHEN c.low = m.user_row THEN c.low_hidden ELSE c.high_hidden END';

/** Whether a setting is as it is wanted, if it is. */
const isOrAny = (setting: 'pinned' | 'archived', wanted: string): string =>
  `(${wanted}::boolean IS NULL OR CASE WHEN c.low = m.user_row THEN c.low_${setting} ELSE c.high_${setting} END = ${wanted})`;

/** A user's list, the highest activity first, as far as `where` and `limit` say; `join`: what `where` needs besides. Entries are stored
 *  in buckets of activities; the buckets that a page touches are sorted, and of the others nothing is read. */
export const listOf = (where: string, limit: string, join = ''): string => `
  SELECT v.row, listed.* FROM users v LEFT JOIN LATERAL (
    SELECT ${SHOWN_CONVERSATION}, page.activity FROM (
      SELECT c.row, ${OWN_ACTIVITY} AS activity
      FROM members m JOIN conversations c ON c.row = m.conversation ${join}
      WHERE m.user_row = v.row AND ${IS_LISTED} AND ${where}
      ORDER BY m.bucket DESC, activity DESC LIMIT ${limit}
    ) page JOIN conversations c ON c.row = page.row ${joinedWith()}
  ) listed ON true WHERE v.id = $1 ORDER BY listed.activity DESC`;

const PAIR = statement<[low: string, high: string]>(
  'pair',
  `SELECT a.id, b.id FROM conversations c JOIN users a ON a.row = c.low JOIN users b ON b.row = c.high
   WHERE c.id = $1`,
);
const BY_ID = statement<ShownConversationTuple>(
  'conversation',
  `SELECT ${SHOWN_CONVERSATION} FROM conversations c ${joinedWith()} WHERE c.id = $1`,
);
const LIST = statement<ListedTuple>(
  'conversations',
  listOf(
    `m.bucket <= $2::bigint AND ${OWN_ACTIVITY} < $3::bigint AND ${isOrAny('pinned', '$5')} AND ${isOrAny('archived', '$6')}`,
    '$4',
  ),
);

/** Conversations as one of the two sees them; to anybody else they do not exist. [P5] */
export const conversationQueries = ({ database, clock }: PostgresQueryDeps): ConversationQueries => ({
  async pair(conversationId) {
    const [found] = await database.query(PAIR, [conversationId]);
    return found === undefined ? null : pairOf(...found);
  },
  async conversation(viewerId, conversationId) {
    const [found] = await database.query(BY_ID, [conversationId]);
    if (found === undefined) return null;
    const rows = new LoadedRows(clock.now());
    const record = rows.addConversation(found);
    const viewer = rows.userOf(record, viewerId);
    return viewer === null ? null : new Presenters(rows, viewer.row).conversation(record);
  },
  async conversations(viewerId, limit, before, { pinned = null, archived = null } = {}) {
    const below = before === null ? Number.MAX_SAFE_INTEGER : parseConversationCursor(before);
    if (below === null) return null;
    const wanted = Math.min(limit, PAGE_MAX);
    const found = await database.query(LIST, [
      ...[viewerId, bucketOf(below), below, wanted + 1],
      ...[pinned, archived],
    ]);
    const [viewer] = found[0] ?? [];
    if (viewer === undefined) return null;
    const rows = new LoadedRows(clock.now());
    const page = addListed(rows, found);
    const presenters = new Presenters(rows, viewer);
    const last = page[wanted - 1];
    return {
      conversations: presenters.conversations(page.slice(0, wanted)),
      next:
        last !== undefined && page.length > wanted ? conversationCursor(mySide(last, viewer).activity) : null,
    };
  },
});

/** The conversations of a list, in its order. */
export const addListed = (rows: LoadedRows, found: readonly ListedTuple[]) =>
  found.flatMap(([, ...raw]) =>
    raw[0] === null ? [] : [rows.addConversation(raw as ShownConversationTuple)],
  );
