import { PAGE_MAX } from '../../protocol/limits.ts';
import type { Connection } from '../open.ts';
import { bucketOf, mySide } from '../write-cache/conversation-record.ts';
import type { ConversationRecord } from '../write-cache/conversation-record.ts';
import type { Queries } from '../store.ts';
import type { Rows } from './rows.ts';
import { Presenters } from './presenters.ts';

type ConversationQueries = Pick<Queries, 'pair' | 'conversationState' | 'conversation' | 'conversations'>;

/** Conversations as one of the two sees them; to anybody else they do not exist. [P5] */
export const conversationQueries = (db: Connection, rows: Rows): ConversationQueries => {
  const listed = listOf(db, rows);
  return {
    pair(conversationId) {
      const record = rows.conversation(conversationId);
      if (record === null) return null;
      const a = rows.personAt(record.sideA.user).id;
      const b = rows.personAt(record.sideB.user).id;
      return a < b ? { first: a, second: b } : { first: b, second: a };
    },
    conversationState(pair) {
      const low = rows.person(pair.first);
      const high = rows.person(pair.second);
      const record = low === null || high === null ? null : rows.conversationOf(low.row, high.row);
      if (record === null || low === null || high === null) return null;
      const marks = (user: number) => {
        const side = mySide(record, user);
        return { deliveredSeq: side.delivered, readSeq: side.read };
      };
      return { id: record.id, lastSeq: record.lastSeq, first: marks(low.row), second: marks(high.row) };
    },
    conversation(viewerId, conversationId) {
      const viewer = rows.person(viewerId);
      const record = viewer === null ? null : memberOf(rows, viewer.row, conversationId);
      return viewer === null || record === null
        ? null
        : new Presenters(rows, viewer.row).conversation(record);
    },
    conversations(viewerId, limit, before) {
      const below = before === null ? Number.MAX_SAFE_INTEGER : parsePlace(before);
      const viewer = rows.person(viewerId);
      if (viewer === null || below === null) return null;
      const wanted = Math.min(limit, PAGE_MAX);
      const page = listed(viewer.row, below, wanted + 1);
      const views = new Presenters(rows, viewer.row);
      const last = page[wanted - 1];
      return {
        conversations: page.slice(0, wanted).map((record) => views.conversation(record)),
        next:
          page.length > wanted && last !== undefined ? placeText(mySide(last, viewer.row).activity) : null,
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

/** One person's list, hidden ones left out: those with an activity below a number, the highest first. Entries are stored in buckets of
 *  numbers; the buckets that a page touches are sorted by the store, and of the others nothing is read. */
const listOf = (
  db: Connection,
  rows: Rows,
): ((user: number, below: number, limit: number) => ConversationRecord[]) => {
  const page = db
    .prepare<[number, number, number, number], number>(
      `SELECT c.row FROM members m JOIN conversations c ON c.row = m.conversation
       WHERE m.user = ? AND m.bucket <= ? AND ${OWN_ACTIVITY} < ?
         AND CASE WHEN c.low = m.user THEN c.low_hidden ELSE c.high_hidden END = 0
       ORDER BY m.bucket DESC, ${OWN_ACTIVITY} DESC LIMIT ? + 0`,
    )
    .pluck();
  return (user, below, limit) =>
    page.all(user, bucketOf(below), below, limit).map((row) => rows.conversationAt(row));
};

const placeText = (activity: number): string => Buffer.from(`a${String(activity)}`).toString('base64url');

/** Null for what is no place: nonsense, or one of a build that ordered by time. */
const parsePlace = (text: string): number | null => {
  const match = /^a(\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  return match === null ? null : Number(match[1]);
};
