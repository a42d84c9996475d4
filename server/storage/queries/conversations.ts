import { PAGE_MAX } from '../../protocol/limits.ts';
import type { Connection } from '../open.ts';
import { hourOf, mySide } from '../records/conversation-record.ts';
import type { ConversationRecord } from '../records/conversation-record.ts';
import type { Queries } from '../store.ts';
import { toBlob } from '../uuid.ts';
import type { Rows } from './rows.ts';
import { Views } from './views.ts';

type ConversationQueries = Pick<Queries, 'pair' | 'conversationState' | 'conversation' | 'conversations'>;

interface Place {
  readonly activity: number;
  readonly id: string;
}

/** Before all: lists go from the newest activity on, equal times from the highest id. */
const NEWEST: Place = { activity: Number.MAX_SAFE_INTEGER, id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** Conversations as one of the two sees them; to anybody else they do not exist. [P5] */
export const conversationQueries = (db: Connection, rows: Rows): ConversationQueries => {
  const listed = listOf(db, rows);
  return {
    pair(conversationId) {
      const record = rows.conversation(conversationId);
      if (record === null) return null;
      const a = rows.personAt(record.low.user).id;
      const b = rows.personAt(record.high.user).id;
      return a < b ? { low: a, high: b } : { low: b, high: a };
    },
    conversationState(pair) {
      const low = rows.person(pair.low);
      const high = rows.person(pair.high);
      const record = low === null || high === null ? null : rows.conversationOf(low.row, high.row);
      if (record === null || low === null || high === null) return null;
      const marks = (user: number) => {
        const side = mySide(record, user);
        return { deliveredSeq: side.delivered, readSeq: side.read };
      };
      return { id: record.id, lastSeq: record.lastSeq, low: marks(low.row), high: marks(high.row) };
    },
    conversation(viewerId, conversationId) {
      const viewer = rows.person(viewerId);
      const record = viewer === null ? null : memberOf(rows, viewer.row, conversationId);
      return viewer === null || record === null ? null : new Views(rows, viewer.row).conversation(record);
    },
    conversations(viewerId, limit, before) {
      const after = before === null ? null : parsePlace(before);
      const viewer = rows.person(viewerId);
      if (viewer === null || (before !== null && after === null)) return null;
      const wanted = Math.min(limit, PAGE_MAX);
      const page = listed(viewer.row, after, wanted + 1);
      const views = new Views(rows, viewer.row);
      const last = page[wanted - 1];
      return {
        conversations: page.slice(0, wanted).map((record) => views.conversation(record)),
        next: page.length > wanted && last !== undefined ? placeText(last) : null,
      };
    },
  };
};

export const memberOf = (rows: Rows, user: number, conversationId: string): ConversationRecord | null => {
  const record = rows.conversation(conversationId);
  return record !== null && (record.low.user === user || record.high.user === user) ? record : null;
};

/** One person's list, hidden ones left out, from the newest or from a place on. Entries are stored by hour; the hours that a page
 *  touches are sorted by the store, and of the others nothing is read. */
const listOf = (
  db: Connection,
  rows: Rows,
): ((user: number, after: Place | null, limit: number) => ConversationRecord[]) => {
  const page = db
    .prepare<[number, number, number, Buffer, number], number>(
      `SELECT c.row FROM members m JOIN conversations c ON c.row = m.conversation
       WHERE m.user = ? AND m.hour <= ? AND (c.activity, c.id) < (?, ?)
         AND CASE WHEN c.low = m.user THEN c.low_hidden ELSE c.high_hidden END = 0
       ORDER BY m.hour DESC, c.activity DESC, c.id DESC LIMIT ? + 0`,
    )
    .pluck();
  return (user, after, limit) => {
    const { activity, id } = after ?? NEWEST;
    return page
      .all(user, hourOf(activity), activity, toBlob(id), limit)
      .map((row) => rows.conversationAt(row));
  };
};

const placeText = (place: Place): string =>
  Buffer.from(`${String(place.activity)}.${place.id}`).toString('base64url');

const parsePlace = (text: string): Place | null => {
  const match = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  return match?.[1] === undefined || match[2] === undefined
    ? null
    : { activity: Number(match[1]), id: match[2] };
};
