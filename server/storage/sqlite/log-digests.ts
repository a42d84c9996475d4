import { createHash, type Hash } from 'node:crypto';
import { KIND } from '../rules/event-kinds.ts';
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
  /** Changes of reactions. */
  readonly reactions: number;
  /** Those that are not sent yet too. */
  readonly attachments: number;
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

/** Reads the whole database once, on a connection that nobody else writes to. It may have an older schema, without replies, reactions and attachments.
 *  The digest of a log covers each message (cursor, id, conversation, seq, time, sender, recipient, text, of a reply the message that
 *  it replies to, and the attachments, if there are any) and each other event (cursor, kind, time, subject, and of a reaction who reacted and how) in the order of the cursors.
 *  It contains nothing that a migration may change. */
export const storeDigests = (db: Db): StoreDigests => {
  const users = runningDigests(db);
  const knowsReactions = hasTable(db, 'reactions');
  const knowsAttachments = hasTable(db, 'attachments');
  hashMessages(db, users, { replies: knowsReactions, attachments: knowsAttachments });
  hashEvents(db, users, knowsReactions);
  return {
    counts: storeCounts(db, { reactions: knowsReactions, attachments: knowsAttachments }),
    logs: [...users.values()]
      .map(({ id, cursor, messages, events }) => ({
        userId: id,
        cursor,
        sha256: createHash('sha256').update(messages.digest()).update(events.digest()).digest('hex'),
      }))
      .sort((a, b) => (a.userId < b.userId ? -1 : 1)),
  };
};

const hasTable = (db: Db, name: string): boolean =>
  db
    .prepare<[string], number>(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`)
    .pluck()
    .get(name) === 1;

const storeCounts = (
  db: Db,
  knows: { readonly reactions: boolean; readonly attachments: boolean },
): StoreCounts => {
  const count = (table: string): number =>
    db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
  return {
    users: count('users'),
    conversations: count('conversations'),
    messages: count('messages'),
    events: count('events'),
    reactions: knows.reactions ? count('reactions') : 0,
    attachments: knows.attachments ? count('attachments') : 0,
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
  replyTo: Buffer | null,
  attachments: string | null,
];

/** The ids that a message names, and what is there of these attachments, as JSON; null for a message without any. */
const ATTACHMENTS = `CASE WHEN m.attachments IS NOT NULL THEN json_array(hex(m.attachments), (
  SELECT json_group_array(json_array(hex(a.id), a.name, a.type, a.size, hex(a.sha256)) ORDER BY a.position)
  FROM attachments a WHERE a.conversation = m.conversation AND a.seq = m.seq)) END`;

/** In the order of commits, which is the order of the cursors in each log. */
const hashMessages = (
  db: Db,
  users: ReadonlyMap<number, Running>,
  knows: { readonly replies: boolean; readonly attachments: boolean },
): void => {
  const page = db
    .prepare<[number], RawMessage>(
      `SELECT m.row, m.id, c.id, m.seq, m.sender, m.recipient, m.sender_cursor, m.recipient_cursor, m.sent_at, m.content,
         ${knows.replies ? 'm.reply_to' : 'NULL'}, ${knows.attachments ? ATTACHMENTS : 'NULL'}
       FROM messages m JOIN conversations c ON c.row = m.conversation
       WHERE m.row > ? ORDER BY m.row LIMIT ${String(PAGE)}`,
    )
    .raw();
  for (let rows = page.all(0); rows.length > 0; rows = page.all(rows.at(-1)?.[0] ?? 0)) {
    for (const [, id, conversation, seq, from, to, fromCursor, toCursor, sentAt, content, ...rest] of rows) {
      const [replyTo, attachments] = rest;
      const [sender, recipient] = [users.get(from), users.get(to)];
      const shared: unknown[] = [fromBlob(id), fromBlob(conversation), seq, sentAt];
      shared.push(sender?.id, recipient?.id, content, ...(replyTo === null ? [] : [fromBlob(replyTo)]));
      if (attachments !== null) shared.push(JSON.parse(attachments));
      sender?.messages.update(`${JSON.stringify([fromCursor, ...shared])}\n`);
      recipient?.messages.update(`${JSON.stringify([toCursor, ...shared])}\n`);
    }
  }
};

type RawEvent = [
  ...[user: number, cursor: number, kind: number, at: number, subject: number],
  ...[reacted: number | null, emoji: string | null],
];

const hashEvents = (db: Db, users: ReadonlyMap<number, Running>, knowsReactions: boolean): void => {
  const reaction = knowsReactions
    ? `x.user, x.emoji FROM events e LEFT JOIN reactions x ON e.kind = ${String(KIND.reaction)} AND x.row = e.subject`
    : 'NULL, NULL FROM events e';
  const page = db
    .prepare<[number, number], RawEvent>(
      `SELECT e.user, e.cursor, e.kind, e.at, e.subject, ${reaction} WHERE (e.user, e.cursor) > (?, ?)
       ORDER BY e.user, e.cursor LIMIT ${String(PAGE)}`,
    )
    .raw();
  for (let rows = page.all(0, 0); rows.length > 0;) {
    for (const [user, cursor, kind, at, subject, reacted, emoji] of rows) {
      const about = reacted === null ? [] : [users.get(reacted)?.id, emoji];
      users.get(user)?.events.update(`${JSON.stringify([cursor, kind, at, subject, ...about])}\n`);
    }
    const [user = 0, cursor = 0] = rows.at(-1) ?? [];
    rows = page.all(user, cursor);
  }
};
