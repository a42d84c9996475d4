import type { Connection } from '../open.ts';

/** Kinds of a log's events that are not messages (`events.kind`). */
export const KIND = {
  delivered: 1,
  read: 2,
  conversationCreated: 3,
  conversationDeleted: 4,
  userDeleted: 5,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

/** Every 32nd place of a log and of a conversation is marked. */
export const MARK_SPACING = 32;

interface Head {
  readonly user: number;
  cursor: number;
  message: number;
  messageCursor: number;
}

const CACHED = 50_000;

/** Gives out cursors. One log per person, numbered without a gap from 1; heads reach the table once per transaction. [P4] */
export class Log {
  readonly #heads = new Map<number, Head>();
  readonly #dirty = new Set<Head>();
  readonly #select;
  readonly #update;
  readonly #mark;
  readonly #insert;
  readonly #remove;

  constructor(db: Connection) {
    this.#select = db
      .prepare<[number], [number, number, number]>(
        'SELECT cursor, message, message_cursor FROM heads WHERE user = ?',
      )
      .raw();
    this.#update = db.prepare<[number, number, number, number]>(
      'UPDATE heads SET cursor = ?, message = ?, message_cursor = ? WHERE user = ?',
    );
    this.#mark = db.prepare<[number, number, number]>('INSERT INTO log_marks VALUES (?, ?, ?)');
    this.#insert = db.prepare<[number, number, number, number, number]>(
      'INSERT INTO events VALUES (?, ?, ?, ?, ?)',
    );
    this.#remove = db.prepare<[number, number]>('DELETE FROM events WHERE user = ? AND cursor = ?');
  }

  /** The row of this person's newest message: what the next one points back to. 0: none. */
  lastMessage(user: number): number {
    return this.#head(user).message;
  }

  nextCursor(user: number): number {
    return this.#head(user).cursor + 1;
  }

  /** Takes the next cursor for the message at `row`. */
  addMessage(user: number, row: number): void {
    const head = this.#head(user);
    head.cursor += 1;
    if (Math.floor(head.cursor / MARK_SPACING) !== Math.floor(head.messageCursor / MARK_SPACING)) {
      this.#mark.run(user, head.cursor, row);
    }
    head.message = row;
    head.messageCursor = head.cursor;
    this.#dirty.add(head);
  }

  /** Appends another event and returns its cursor. */
  addEvent(user: number, kind: Kind, at: number, subject: number): number {
    const head = this.#head(user);
    head.cursor += 1;
    this.#dirty.add(head);
    this.#insert.run(user, head.cursor, kind, at, subject);
    return head.cursor;
  }

  /** Removes a receipt that a later one covers. */
  dropEvent(user: number, cursor: number): void {
    if (cursor > 0) this.#remove.run(user, cursor);
  }

  flush(): void {
    for (const head of this.#dirty)
      this.#update.run(head.cursor, head.message, head.messageCursor, head.user);
    this.#dirty.clear();
  }

  trim(): void {
    if (this.#heads.size > CACHED) this.forget();
  }

  forget(): void {
    this.#heads.clear();
    this.#dirty.clear();
  }

  #head(user: number): Head {
    const known = this.#heads.get(user);
    if (known !== undefined) return known;
    const found = this.#select.get(user);
    if (found === undefined) throw new Error(`no log of person ${String(user)}`);
    const head = { user, cursor: found[0], message: found[1], messageCursor: found[2] };
    this.#heads.set(user, head);
    return head;
  }
}
