import type { ConversationRecord, RecentMessage } from '../../rules/conversation-record.ts';
import { KIND, type BlockKind, type Kind, type KindName, type ReceiptKind } from '../../rules/event-kinds.ts';
import type { Rx, Tx, WriteStatements } from '../transactions.ts';

/** The table that the `subject` of each kind refers to. If a deletion erases rows of that table, its policy says which kinds of
 *  events go with them: an event without its subject makes its log unreadable. */
export const SUBJECT = {
  delivered: 'messages',
  read: 'messages',
  conversationCreated: 'conversations',
  conversationDeleted: 'conversations',
  userDeleted: 'users',
  reaction: 'reactions',
  userUpdated: 'users',
  conversationUpdated: 'conversations',
  userBlocked: 'users',
  userUnblocked: 'users',
} as const satisfies Readonly<Record<KindName, string>>;

/** Every 32nd position of a log and of a conversation has a skip entry, which holds the row of the message there: a walk along
 *  the back pointers begins at one. The tables are called `log_marks` and `message_marks`. */
export const SKIP_INTERVAL = 32;

interface Head {
  readonly user: number;
  cursor: number;
  message: number;
  messageCursor: number;
}

const CACHED = 50_000;

/** Gives out cursors. One log per user, numbered without a gap from 1; heads reach the table once per transaction. [P4] */
export class EventLog {
  readonly #heads = new Map<number, Head>();
  readonly #dirty = new Set<Head>();
  readonly #select;
  readonly #update;
  readonly #addSkipEntry;
  readonly #insert;
  readonly #remove;

  constructor(db: WriteStatements) {
    this.#select = db
      .read<[number], [number, number, number]>(
        'SELECT cursor, message, message_cursor FROM heads WHERE user = ?',
      )
      .raw();
    this.#update = db.write<[number, number, number, number]>(
      'UPDATE heads SET cursor = ?, message = ?, message_cursor = ? WHERE user = ?',
    );
    this.#addSkipEntry = db.write<[number, number, number]>('INSERT INTO log_marks VALUES (?, ?, ?)');
    this.#insert = db.write<[number, number, number, number, number]>(
      'INSERT INTO events VALUES (?, ?, ?, ?, ?)',
    );
    this.#remove = db.write<[number, number]>('DELETE FROM events WHERE user = ? AND cursor = ?');
  }

  /** The row of this user's newest message: what the next one points back to. 0: none. */
  lastMessage(rx: Rx, user: number): number {
    return this.#head(rx, user).message;
  }

  nextCursor(rx: Rx, user: number): number {
    return this.#head(rx, user).cursor + 1;
  }

  /** Takes the next cursor for the message at `row`. */
  addMessage(tx: Tx, user: number, row: number): void {
    const head = this.#head(tx, user);
    head.cursor += 1;
    if (Math.floor(head.cursor / SKIP_INTERVAL) !== Math.floor(head.messageCursor / SKIP_INTERVAL)) {
      tx.run(this.#addSkipEntry, user, head.cursor, row);
    }
    head.message = row;
    head.messageCursor = head.cursor;
    this.#dirty.add(head);
  }

  addEvent(tx: Tx, user: number, kind: Kind, at: number, record: ConversationRecord): number {
    return this.addAbout(tx, user, kind, at, record.row);
  }

  addReceipt(
    tx: Tx,
    user: number,
    kind: ReceiptKind,
    at: number,
    { message }: { readonly message: RecentMessage },
  ): number {
    return this.addAbout(tx, user, kind, at, message.row);
  }

  addReaction(tx: Tx, user: number, at: number, reaction: number): number {
    return this.addAbout(tx, user, KIND.reaction, at, reaction);
  }

  addBlock(tx: Tx, user: number, kind: BlockKind, at: number, peer: number): number {
    return this.addAbout(tx, user, kind, at, peer);
  }

  /** Appends an event that is not a message and returns its cursor. `subject`: see `SUBJECT`. */
  addAbout(tx: Tx, user: number, kind: Kind, at: number, subject: number): number {
    const head = this.#head(tx, user);
    head.cursor += 1;
    this.#dirty.add(head);
    tx.run(this.#insert, user, head.cursor, kind, at, subject);
    return head.cursor;
  }

  /** Removes an event in whose place a later one stands. */
  dropEvent(tx: Tx, user: number, cursor: number): void {
    if (cursor > 0) tx.run(this.#remove, user, cursor);
  }

  flush(tx: Tx): void {
    for (const head of this.#dirty)
      tx.run(this.#update, head.cursor, head.message, head.messageCursor, head.user);
    this.#dirty.clear();
  }

  trim(): void {
    if (this.#heads.size > CACHED) this.forget();
  }

  forget(): void {
    this.#heads.clear();
    this.#dirty.clear();
  }

  #head(rx: Rx, user: number): Head {
    const known = this.#heads.get(user);
    if (known !== undefined) return known;
    const found = rx.get(this.#select, user);
    if (found === undefined) throw new Error(`no log of user ${String(user)}`);
    const head = { user, cursor: found[0], message: found[1], messageCursor: found[2] };
    this.#heads.set(user, head);
    return head;
  }
}
