import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Db } from '../open.ts';
import { Pages } from './pages.ts';

/** Messages of other programs while they are put in order, in a file, because there may be more than fit into memory. */

/** A message of a chat of which only the file that is imported knows. */
export interface StagedMessage {
  readonly id: string;
  readonly chat: number;
  /** Which of the two of the chat has written it. */
  readonly sender: 0 | 1;
  readonly sentAt: number;
  readonly content: string;
}

/** Where a message gets its places. */
export interface UnnumberedMessage {
  readonly number: number;
  readonly chat: number;
  readonly sender: 0 | 1;
  readonly sentAt: number;
}

export interface MessagePlace {
  readonly seq: number;
  readonly senderCursor: number;
  readonly recipientCursor: number;
}
export type PlacedChatMessage = StagedMessage &
  MessagePlace & {
    /** The message that it answers. */
    readonly replyTo: { readonly id: string; readonly seq: number } | null;
  };

/** What somebody has reacted with to a message that was staged under a number. */
export interface StagedReaction {
  readonly message: number;
  /** Which of the two of the chat. */
  readonly by: 0 | 1;
  readonly emoji: string;
  readonly at: number;
}
/** Where the change stands in the logs of the two, and the `seq` of its message. */
export type PlacedReaction = StagedReaction & {
  readonly seq: number;
  readonly cursor: number;
  readonly peerCursor: number;
};

export interface StagedRemark {
  readonly place: string;
  readonly what: string;
  readonly isTaken: boolean;
}

const TABLES = `
  CREATE TABLE messages (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    chat INTEGER NOT NULL,
    sender INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    content TEXT NOT NULL,
    named INTEGER,
    seq INTEGER,
    sender_cursor INTEGER,
    recipient_cursor INTEGER
  );
  CREATE TABLE replies (message INTEGER PRIMARY KEY, place TEXT NOT NULL, answers INTEGER NOT NULL, original INTEGER);
  CREATE TABLE reactions (
    message INTEGER NOT NULL,
    by INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    at INTEGER NOT NULL,
    cursor INTEGER,
    peer_cursor INTEGER,
    PRIMARY KEY (message, by)
  ) WITHOUT ROWID;
  CREATE TABLE remarks (number INTEGER PRIMARY KEY, place TEXT NOT NULL, what TEXT NOT NULL, taken INTEGER NOT NULL);
`;

type RawUnnumbered = [number: number, chat: number, sender: 0 | 1, sentAt: number];
type RawPlaced = [
  ...[seq: number, id: string, sender: 0 | 1, senderCursor: number, recipientCursor: number],
  ...[sentAt: number, content: string, repliedId: string | null, repliedSeq: number | null],
];
type RawReaction = [at: number, message: number, by: 0 | 1, chat: number];
type RawPlacedReaction = [
  ...[seq: number, at: number, by: 0 | 1, message: number],
  ...[emoji: string, cursor: number, peerCursor: number],
];

/** The message that a reply answers, as long as it stands before it. */
const ORIGINAL = `SELECT o.number FROM messages m JOIN messages o ON o.chat = m.chat AND o.named = replies.answers
  WHERE m.number = replies.message AND (o.sent_at, o.number) < (m.sent_at, m.number)`;
const NAMED = `SELECT 1 FROM messages m JOIN messages o ON o.chat = m.chat AND o.named = replies.answers
  WHERE m.number = replies.message`;

export class ChatStaging {
  readonly #db: Db;
  readonly #add;
  readonly #remark;
  readonly #find;
  readonly #place;
  readonly #reply;
  readonly #react;
  readonly #placeReaction;

  /** In `folder`, which the caller removes. */
  constructor(folder: string) {
    const path = join(folder, 'chats.db');
    closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600));
    const db = new Database(path) as Db;
    this.#db = db;
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = OFF');
    db.pragma('synchronous = OFF');
    db.pragma('temp_store = FILE');
    db.pragma('cache_size = -32768');
    db.exec(TABLES);
    db.exec('BEGIN');
    this.#add = db.prepare<[string, number, number, number, string, number | null]>(
      'INSERT OR IGNORE INTO messages (id, chat, sender, sent_at, content, named) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#reply = db.prepare<[number, string, number]>(
      'INSERT INTO replies (message, place, answers) VALUES (?, ?, ?)',
    );
    this.#react = db.prepare<[number, number, string, number]>(
      'INSERT INTO reactions (message, by, emoji, at) VALUES (?, ?, ?, ?)',
    );
    this.#placeReaction = db.prepare<[number, number, number, number]>(
      'UPDATE reactions SET cursor = ?, peer_cursor = ? WHERE message = ? AND by = ?',
    );
    this.#remark = db.prepare<[string, string, number]>(
      'INSERT INTO remarks (place, what, taken) VALUES (?, ?, ?)',
    );
    this.#find = db.prepare<[string], number>('SELECT chat FROM messages WHERE id = ?').pluck();
    this.#place = db.prepare<[number, number, number, number]>(
      'UPDATE messages SET seq = ?, sender_cursor = ?, recipient_cursor = ? WHERE number = ?',
    );
  }

  /** `named`: by which number others of its chat name it, null if none does. Returns under which number it was staged, or null if a message
   *  with this id is there already. */
  add({ id, chat, sender, sentAt, content }: StagedMessage, named: number | null = null): number | null {
    const { changes, lastInsertRowid } = this.#add.run(id, chat, sender, sentAt, content, named);
    return changes === 1 ? Number(lastInsertRowid) : null;
  }

  /** A message answers the one of its chat that is named so, which may come later in the file. `place`: see `remark`. */
  addReply(message: number, { place, answers }: { readonly place: string; readonly answers: number }): void {
    this.#reply.run(message, place, answers);
  }

  /** At most one of each of the two. */
  addReaction({ message, by, emoji, at }: StagedReaction): void {
    this.#react.run(message, by, emoji, at);
  }

  /** Once everything is staged: finds what replies answer, and remarks on those of which that was not taken, or comes later. */
  settleReplies(): void {
    this.#db.exec(`
      CREATE INDEX messages_by_name ON messages (chat, named) WHERE named IS NOT NULL;
      UPDATE replies SET original = (${ORIGINAL} ORDER BY o.number LIMIT 1);
      INSERT INTO remarks (place, what, taken) SELECT place,
        CASE WHEN EXISTS (${NAMED}) THEN 'it answers a later message, and does not say so here'
          ELSE 'what it answers was not taken, so it does not say that here' END, 1
      FROM replies WHERE original IS NULL ORDER BY message;
    `);
  }

  remark({ place, what, isTaken }: StagedRemark): void {
    this.#remark.run(place, what, isTaken ? 1 : 0);
  }

  /** The chat of the message with this id. */
  chatOf(id: string): number | null {
    return this.#find.get(id) ?? null;
  }

  /** By chat. */
  counts(): ReadonlyMap<number, number> {
    return new Map(
      this.#db.prepare<[], [number, number]>('SELECT chat, count(*) FROM messages GROUP BY chat').raw().all(),
    );
  }

  /** Replies and reactions, by chat. */
  attachments(): ReadonlyMap<number, { readonly replies: number; readonly reactions: number }> {
    const select = this.#db.prepare<[], [chat: number, replies: number, reactions: number]>(
      `SELECT m.chat, sum(a.is_reply), sum(1 - a.is_reply) FROM (
         SELECT message, 1 AS is_reply FROM replies WHERE original IS NOT NULL
         UNION ALL SELECT message, 0 FROM reactions
       ) a JOIN messages m ON m.number = a.message GROUP BY m.chat`,
    );
    return new Map(
      select
        .raw()
        .all()
        .map(([chat, replies, reactions]) => [chat, { replies, reactions }]),
    );
  }

  /** All messages by time, and those of the same time in the order of the file. Each gets its places from `place`, or none. */
  placeAll(place: (message: UnnumberedMessage) => MessagePlace | null): void {
    this.#db.exec('CREATE INDEX messages_by_time ON messages (sent_at, number)');
    const pages = new Pages<RawUnnumbered, [number, number]>(
      this.#db,
      `SELECT number, chat, sender, sent_at FROM messages WHERE (sent_at, number) > (?, ?) ORDER BY sent_at, number`,
    );
    for (const [number, chat, sender, sentAt] of pages.rows([-1, 0], ([n, , , at]) => [at, n])) {
      const given = place({ number, chat, sender, sentAt });
      if (given !== null) this.#place.run(given.seq, given.senderCursor, given.recipientCursor, number);
    }
    this.#db.exec('CREATE INDEX messages_by_chat ON messages (chat, seq)');
  }

  /** All reactions by time, after `placeAll`. Each gets its places from `place`, or none. */
  placeReactions(
    place: (reaction: {
      readonly chat: number;
      readonly by: 0 | 1;
    }) => Pick<PlacedReaction, 'cursor' | 'peerCursor'> | null,
  ): void {
    this.#db.exec('CREATE INDEX reactions_by_time ON reactions (at, message, by)');
    const pages = new Pages<RawReaction, [number, number, number]>(
      this.#db,
      `SELECT x.at, x.message, x.by, m.chat FROM reactions x JOIN messages m ON m.number = x.message
       WHERE (x.at, x.message, x.by) > (?, ?, ?) ORDER BY x.at, x.message, x.by`,
    );
    for (const [, message, by, chat] of pages.rows([-1, 0, 0], ([at, n, who]) => [at, n, who])) {
      const given = place({ chat, by });
      if (given !== null) this.#placeReaction.run(given.cursor, given.peerCursor, message, by);
    }
  }

  /** Those of one chat by their `seq`, after `placeAll`. */
  *messagesOf(chat: number): Generator<PlacedChatMessage, void, void> {
    const pages = new Pages<RawPlaced, [number, number]>(
      this.#db,
      `SELECT m.seq, m.id, m.sender, m.sender_cursor, m.recipient_cursor, m.sent_at, m.content, o.id, o.seq
       FROM messages m LEFT JOIN replies r ON r.message = m.number LEFT JOIN messages o ON o.number = r.original
       WHERE m.chat = ? AND m.seq > ? ORDER BY m.seq`,
    );
    for (const [seq, id, sender, senderCursor, recipientCursor, sentAt, content, ...replied] of pages.rows(
      [chat, 0],
      ([at]) => [chat, at],
    )) {
      const [repliedId, repliedSeq] = replied;
      const replyTo = repliedId === null || repliedSeq === null ? null : { id: repliedId, seq: repliedSeq };
      yield { id, chat, sender, sentAt, content, seq, senderCursor, recipientCursor, replyTo };
    }
  }

  /** Those of one chat by the `seq` of their message, and then by time; after `placeReactions`. */
  *reactionsOf(chat: number): Generator<PlacedReaction, void, void> {
    const pages = new Pages<RawPlacedReaction, [number, number, number, number]>(
      this.#db,
      `SELECT m.seq, x.at, x.by, x.message, x.emoji, x.cursor, x.peer_cursor
       FROM messages m JOIN reactions x ON x.message = m.number
       WHERE m.chat = ? AND m.seq IS NOT NULL AND (m.seq, x.at, x.by) > (?, ?, ?) ORDER BY m.seq, x.at, x.by`,
    );
    for (const [seq, at, by, message, emoji, cursor, peerCursor] of pages.rows(
      [chat, 0, 0, 0],
      ([lastSeq, lastAt, lastBy]) => [chat, lastSeq, lastAt, lastBy],
    ))
      yield { seq, at, by, message, emoji, cursor, peerCursor };
  }

  *remarks(): Generator<StagedRemark, void, void> {
    const pages = new Pages<[number, string, string, number], [number]>(
      this.#db,
      'SELECT number, place, what, taken FROM remarks WHERE number > ? ORDER BY number',
    );
    for (const [, place, what, taken] of pages.rows([0], ([at]) => [at]))
      yield { place, what, isTaken: taken === 1 };
  }

  close(): void {
    this.#db.close();
  }
}
