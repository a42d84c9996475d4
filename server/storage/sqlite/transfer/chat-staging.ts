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
export type PlacedChatMessage = StagedMessage & MessagePlace;

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
    seq INTEGER,
    sender_cursor INTEGER,
    recipient_cursor INTEGER
  );
  CREATE TABLE remarks (number INTEGER PRIMARY KEY, place TEXT NOT NULL, what TEXT NOT NULL, taken INTEGER NOT NULL);
`;

type RawUnnumbered = [number: number, chat: number, sender: 0 | 1, sentAt: number];
type RawPlaced = [
  ...[seq: number, id: string, sender: 0 | 1, senderCursor: number, recipientCursor: number],
  ...[sentAt: number, content: string],
];

export class ChatStaging {
  readonly #db: Db;
  readonly #add;
  readonly #remark;
  readonly #find;
  readonly #place;

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
    this.#add = db.prepare<[string, number, number, number, string]>(
      'INSERT OR IGNORE INTO messages (id, chat, sender, sent_at, content) VALUES (?, ?, ?, ?, ?)',
    );
    this.#remark = db.prepare<[string, string, number]>(
      'INSERT INTO remarks (place, what, taken) VALUES (?, ?, ?)',
    );
    this.#find = db.prepare<[string], number>('SELECT chat FROM messages WHERE id = ?').pluck();
    this.#place = db.prepare<[number, number, number, number]>(
      'UPDATE messages SET seq = ?, sender_cursor = ?, recipient_cursor = ? WHERE number = ?',
    );
  }

  /** Returns false if a message with this id is there already. */
  add({ id, chat, sender, sentAt, content }: StagedMessage): boolean {
    return this.#add.run(id, chat, sender, sentAt, content).changes === 1;
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

  /** Those of one chat by their `seq`, after `placeAll`. */
  *messagesOf(chat: number): Generator<PlacedChatMessage, void, void> {
    const pages = new Pages<RawPlaced, [number, number]>(
      this.#db,
      `SELECT seq, id, sender, sender_cursor, recipient_cursor, sent_at, content FROM messages
       WHERE chat = ? AND seq > ? ORDER BY seq`,
    );
    for (const [seq, id, sender, senderCursor, recipientCursor, sentAt, content] of pages.rows(
      [chat, 0],
      ([at]) => [chat, at],
    ))
      yield { id, chat, sender, sentAt, content, seq, senderCursor, recipientCursor };
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
