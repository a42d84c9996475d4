import type { LogEvent } from '../../protocol/down.ts';
import { PAGE_MAX } from '../../protocol/limits.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { Connection } from '../open.ts';
import { CONVERSATION_COLUMNS, mySide, toRecord } from '../write-cache/conversation-record.ts';
import type { ConversationRecord, RawConversation } from '../write-cache/conversation-record.ts';
import { KIND } from '../write-cache/log.ts';
import type { Kind } from '../write-cache/log.ts';
import type { LogPage, Queries } from '../store.ts';
import { toBlob } from '../uuid.ts';
import { cursorOf } from './chains.ts';
import type { Chains, PlacedMessage } from './chains.ts';
import type { Rows, ShownMessage } from './rows.ts';
import { DELETED_NAME, Presenters } from './presenters.ts';

type LogQueries = Pick<Queries, 'history' | 'headCursor' | 'messageCursor' | 'eventsAfter' | 'undelivered'>;
/** Messages of a log that one query looks at, however few of them it is looking for. [P9] */
export const LOOKED_MAX = 2_048;
/** Conversations with undelivered messages in which the first of them is looked up; with more of them a log is read from its start. */
const LOOKUPS_MAX = 256;

type RawEvent = [cursor: number, kind: Kind, at: number, subject: number];

/** Logs: what a person has not seen yet, in the order of their cursor. [P4] */
export const logQueries = (db: Connection, rows: Rows, chains: Chains): LogQueries => {
  const history = db.prepare<[], string>(`SELECT value FROM meta WHERE key = 'history'`).pluck();
  const messageCursor = db
    .prepare<[Buffer, Buffer], number | null>(
      `SELECT CASE u.row WHEN m.sender THEN m.sender_cursor WHEN m.recipient THEN m.recipient_cursor END
       FROM users u JOIN messages m ON m.id = ? WHERE u.id = ?`,
    )
    .pluck();
  const events = db
    .prepare<[number, number, number], RawEvent>(
      'SELECT cursor, kind, at, subject FROM events WHERE user = ? AND cursor > ? ORDER BY cursor LIMIT ? + 0',
    )
    .raw();
  const behind = db
    .prepare<[number, number], RawConversation>(
      `SELECT ${CONVERSATION_COLUMNS} FROM members m JOIN conversations c ON c.row = m.conversation
       WHERE m.user = ? AND CASE WHEN c.low = m.user
         THEN c.high_sent > max(c.low_delivered_count, c.low_cleared_count)
         ELSE c.low_sent > max(c.high_delivered_count, c.high_cleared_count) END LIMIT ? + 0`,
    )
    .raw();

  /** Messages and other events after a cursor, merged: of the next `limit` places those that this person still sees. */
  const pageAfter = (user: number, cursor: number, limit: number): { found: LogEvent[]; upTo: number } => {
    const views = new Presenters(rows, user);
    const { messages, upTo: known } = chains.logged(user, cursor, limit);
    const others = events.all(user, cursor, limit).filter((event) => event[0] <= known);
    const places = [...messages.map(({ place }) => place), ...others.map(([place]) => place)];
    const upTo = places.length < limit ? known : (places.sort((a, b) => a - b)[limit - 1] ?? known);
    const found = [
      ...messages
        .filter((message) => message.place <= upTo && !views.isCleared(message))
        .map((message) => messageEvent(views, message)),
      ...others.filter(([place]) => place <= upTo).map((event) => otherEvent(rows, views, event)),
    ];
    return { found: found.sort((a, b) => a.cursor - b.cursor), upTo };
  };

  /** Where the first undelivered message can be: just before the first one of the conversation that is furthest behind. */
  const firstUndelivered = (user: number, head: number): number => {
    let first = head;
    const records = behind.all(user, LOOKUPS_MAX + 1);
    if (records.length > LOOKUPS_MAX) return 0;
    for (const raw of records) {
      const record = toRecord(raw);
      const mine = mySide(record, user);
      const next = rows.messageAt(chains.rowAt(record, Math.max(mine.delivered, mine.cleared) + 1));
      first = Math.min(first, cursorOf(next, user) - 1);
    }
    return first;
  };

  return {
    history: () => history.get() ?? '',
    messageCursor: (userId, messageId) => messageCursor.get(toBlob(messageId), toBlob(userId)) ?? null,
    headCursor(userId) {
      const person = rows.person(userId);
      return person === null ? 0 : rows.head(person.row).cursor;
    },
    eventsAfter(userId, cursor, limit): LogPage {
      const person = rows.person(userId);
      if (person === null) return { events: [], cursor: 0, more: false };
      const head = rows.head(person.row).cursor;
      if (cursor >= head) return { events: [], cursor: head, more: false };
      const { found, upTo } = pageAfter(person.row, cursor, Math.min(limit, PAGE_MAX * 5));
      return { events: found, cursor: upTo, more: upTo < head };
    },
    undelivered(userId, cursor, limit): LogPage {
      const person = rows.person(userId);
      if (person === null) return { events: [], cursor: 0, more: false };
      const head = rows.head(person.row).cursor;
      const views = new Presenters(rows, person.row);
      const records = new Map<number, ConversationRecord>();
      const found: LogEvent[] = [];
      let at = cursor === 0 ? firstUndelivered(person.row, head) : cursor;
      let looked = 0;
      while (at < head) {
        if (looked >= LOOKED_MAX) return { events: found, cursor: at, more: true };
        const { messages, upTo } = chains.logged(person.row, at, limit);
        looked += messages.length;
        for (const message of messages) {
          if (found.length >= limit) break;
          if (isUndelivered(rows, records, message, person.row)) found.push(messageEvent(views, message));
        }
        const last = found.at(-1);
        if (found.length >= limit && last !== undefined) {
          return { events: found, cursor: last.cursor, more: last.cursor < head };
        }
        at = upTo;
      }
      return { events: found, cursor: head, more: false };
    },
  };
};

const isUndelivered = (
  rows: Rows,
  records: Map<number, ConversationRecord>,
  message: ShownMessage,
  user: number,
): boolean => {
  if (message.recipient !== user) return false;
  const record = records.get(message.conversation) ?? rows.conversationAt(message.conversation);
  records.set(message.conversation, record);
  const mine = mySide(record, user);
  return message.seq > mine.delivered && message.seq > mine.cleared;
};

const messageEvent = (views: Presenters, message: PlacedMessage): LogEvent => ({
  cursor: message.place,
  at: message.sentAt,
  type: 'message',
  payload: views.message(message),
});

/** The event as it would be told now: conversations and people as they are. */
export const otherEvent = (
  rows: Rows,
  views: Presenters,
  [cursor, kind, at, subject]: RawEvent,
): LogEvent => {
  switch (kind) {
    case KIND.delivered:
    case KIND.read: {
      const message = rows.messageAt(subject);
      const payload = {
        message_id: message.id,
        conversation_id: rows.conversationAt(message.conversation).id,
        seq: message.seq,
        status: kind === KIND.read ? ('read' as const) : ('delivered' as const),
        at: rfc3339(at),
      };
      return { cursor, at, type: 'ack', payload };
    }
    case KIND.conversationCreated:
    case KIND.conversationDeleted: {
      const change = kind === KIND.conversationCreated ? ('created' as const) : ('deleted' as const);
      const conversation = views.conversation(rows.conversationAt(subject));
      return { cursor, at, type: 'conversation', payload: { change, conversation } };
    }
    case KIND.userDeleted: {
      const user = { id: rows.personAt(subject).id, username: DELETED_NAME, deleted: true } as const;
      return { cursor, at, type: 'user', payload: { change: 'deleted', user } };
    }
  }
};
