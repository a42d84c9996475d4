import { PAGE_MAX } from '../../../protocol/limits.ts';
import type { ListFilter } from '../../reads.ts';
import type { Rx } from '../transactions.ts';
import { bucketOf, mySide } from '../../rules/conversation-record.ts';
import type { ConversationRecord } from '../../rules/conversation-record.ts';
import type { Rows } from './rows.ts';
import { conversationCursor, parseConversationCursor } from '../../presenting/conversation-cursor.ts';
import { Presenters } from '../../presenting/presenters.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type ConversationQueries = Pick<SnapshotQueries, 'pair' | 'conversation' | 'conversations'>;

/** Conversations as one of the two sees them; to anybody else they do not exist. [P5] */
export const conversationQueries = (deps: QueryDeps): ConversationQueries => {
  const listed = listOf(deps);
  return {
    pair(rx, conversationId) {
      const rows = deps.rows(rx);
      const record = rows.conversation(conversationId);
      if (record === null) return null;
      const a = rows.userAt(record.sideA.user).id;
      const b = rows.userAt(record.sideB.user).id;
      return a < b ? { first: a, second: b } : { first: b, second: a };
    },
    conversation(rx, viewerId, conversationId) {
      const rows = deps.rows(rx);
      const viewer = rows.user(viewerId);
      const record = viewer === null ? null : memberOf(rows, viewer.row, conversationId);
      return viewer === null || record === null
        ? null
        : new Presenters(rows, viewer.row).conversation(record);
    },
    conversations(rx, viewerId, limit, before, only = {}) {
      const rows = deps.rows(rx);
      const below = before === null ? Number.MAX_SAFE_INTEGER : parseConversationCursor(before);
      const viewer = rows.user(viewerId);
      if (viewer === null || below === null) return null;
      const wanted = Math.min(limit, PAGE_MAX);
      const page = listed(rx, rows, viewer.row, { below, limit: wanted + 1, only });
      const presenters = new Presenters(rows, viewer.row);
      const last = page[wanted - 1];
      return {
        conversations: presenters.conversations(page.slice(0, wanted)),
        next:
          page.length > wanted && last !== undefined
            ? conversationCursor(mySide(last, viewer.row).activity)
            : null,
      };
    },
  };
};

export const memberOf = (rows: Rows, user: number, conversationId: string): ConversationRecord | null => {
  const record = rows.conversation(conversationId);
  return record !== null && (record.sideA.user === user || record.sideB.user === user) ? record : null;
};

/** The viewer's activity of a conversation `c` that is joined with their entry `m`. */
export const OWN_ACTIVITY = 'CASE WHEN c.low = m.user THEN c.low_activity ELSE c.high_activity END';

type Flag = 0 | 1 | null;
const flagOf = (wanted: boolean | undefined): Flag => (wanted === undefined ? null : wanted ? 1 : 0);

interface ListPage {
  readonly below: number;
  readonly limit: number;
  readonly only: ListFilter;
}

/** One user's list, hidden ones left out: those with an activity below a number, the highest first. Entries are stored in
 *  buckets of numbers; the buckets that a page touches are sorted by the store, and of the others nothing is read. */
const listOf = ({
  db,
}: QueryDeps): ((rx: Rx, rows: Rows, user: number, page: ListPage) => ConversationRecord[]) => {
  const page = db
    .read<[number, number, number, Flag, Flag, Flag, Flag, number], number>(
      `SELECT c.row FROM members m JOIN conversations c ON c.row = m.conversation
       WHERE m.user = ? AND m.bucket <= ? AND ${OWN_ACTIVITY} < ?
         AND CASE WHEN c.low = m.user THEN c.low_hidden ELSE c.high_hidden END = 0
         AND (? IS NULL OR CASE WHEN c.low = m.user THEN c.low_pinned ELSE c.high_pinned END = ?)
         AND (? IS NULL OR CASE WHEN c.low = m.user THEN c.low_archived ELSE c.high_archived END = ?)
       ORDER BY m.bucket DESC, ${OWN_ACTIVITY} DESC LIMIT ? + 0`,
    )
    .pluck();
  return (rx, rows, user, { below, limit, only }) => {
    const [pinned, archived] = [flagOf(only.pinned), flagOf(only.archived)];
    return rx
      .all(page, user, bucketOf(below), below, pinned, pinned, archived, archived, limit)
      .map((row) => rows.conversationAt(row));
  };
};
