import { createHash, type Hash } from 'node:crypto';
import type { Db } from './open.ts';
import { fromBlob } from './uuid.ts';

/** What a store contains, in a form that two stores can be compared by. */
export interface StoreDigests {
  readonly counts: StoreCounts;
  /** Of every user, in the order of their ids. */
  readonly logs: readonly LogDigest[];
}

interface StoreCounts {
  /** Deleted users included. */
  readonly users: number;
  readonly conversations: number;
  readonly messages: number;
  readonly events: number;
  readonly sessions: number;
}

/** One user's log: its last cursor, and the SHA-256 of everything in it. */
interface LogDigest {
  readonly userId: string;
  readonly cursor: number;
  readonly sha256: string;
}

const PAGE = 2_000;

interface Running {
  readonly id: string;
  readonly cursor: number;
  readonly messages: Hash;
  readonly events: Hash;
}

/** Reads the whole database once, on a connection that nobody else writes to. The digest of a log covers each message (cursor, id,
 *  conversation, seq, time, sender, recipient, text) and each other event (cursor, kind, time, subject) in the order of the cursors. It
 *  contains nothing that a migration may change. */
export const storeDigests = (db: Db): StoreDigests => {
  const users = runningDigests(db);
  hashMessages(db, users);
  hashEvents(db, users);
  return {
    counts: storeCounts(db),
    logs: [...users.values()]
      .map(({ id, cursor, messages, events }) => ({
        userId: id,
        cursor,
        sha256: createHash('sha256').update(messages.digest()).update(events.digest()).digest('hex'),
      }))
      .sort((a, b) => (a.userId < b.userId ? -1 : 1)),
  };
};

const storeCounts = (db: Db): StoreCounts => {
  const count = (table: string): number =>
    db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
  return {
    users: count('users'),
    conversations: count('conversations'),
    messages: count('messages'),
    events: count('events'),
    sessions: count('user_sessions'),
  };
};

const runningDigests = (db: Db): Map<number, Running> => {
  const select = db
    .prepare<[], [number, Buffer, number]>(
      'SELECT u.row, u.id, coalesce(h.cursor, 0) FROM users u LEFT JOIN heads h ON h.user = u.row',
    )
    .raw();
  return new Map(
    select.all().map(([row, id, cursor]) => {
      const hashes = { messages: createHash('sha256'), events: createHash('sha256') };
      return [row, { id: fromBlob(id), cursor, ...hashes }];
    }),
  );
};

type RawMessage = [
  row: number,
  id: Buffer,
  conversation: Buffer,
  seq: number,
  sender: number,
  recipient: number,
  senderCursor: number,
  recipientCursor: number,
  sentAt: number,
  content: string,
];

/** In the order of commits, which is the order of the cursors in each log. */
const hashMessages = (db: Db, users: ReadonlyMap<number, Running>): void => {
  const page = db
    .prepare<[number], RawMessage>(
      `SELECT m.row, m.id, c.id, m.seq, m.sender, m.recipient, m.sender_cursor, m.recipient_cursor, m.sent_at, m.content
       FROM messages m JOIN conversations c ON c.row = m.conversation
       WHERE m.row > ? ORDER BY m.row LIMIT ${String(PAGE)}`,
    )
    .raw();
  for (let rows = page.all(0); rows.length > 0; rows = page.all(rows.at(-1)?.[0] ?? 0)) {
    for (const [, id, conversation, seq, from, to, fromCursor, toCursor, sentAt, content] of rows) {
      const [sender, recipient] = [users.get(from), users.get(to)];
      const shared = [fromBlob(id), fromBlob(conversation), seq, sentAt, sender?.id, recipient?.id, content];
      sender?.messages.update(`${JSON.stringify([fromCursor, ...shared])}\n`);
      recipient?.messages.update(`${JSON.stringify([toCursor, ...shared])}\n`);
    }
  }
};

const hashEvents = (db: Db, users: ReadonlyMap<number, Running>): void => {
  const page = db
    .prepare<[number, number], [user: number, cursor: number, kind: number, at: number, subject: number]>(
      `SELECT user, cursor, kind, at, subject FROM events WHERE (user, cursor) > (?, ?)
       ORDER BY user, cursor LIMIT ${String(PAGE)}`,
    )
    .raw();
  for (let rows = page.all(0, 0); rows.length > 0;) {
    for (const [user, ...event] of rows) users.get(user)?.events.update(`${JSON.stringify(event)}\n`);
    const [user = 0, cursor = 0] = rows.at(-1) ?? [];
    rows = page.all(user, cursor);
  }
};
