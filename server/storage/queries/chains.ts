import type { Connection } from '../open.ts';
import type { ConversationRecord } from '../records/conversation-record.ts';
import type { MessageRow, Rows } from './rows.ts';

/** Walks along the messages' back pointers. A mark stands at every 32nd place, so the cost of any walk is its answer and at
 *  most 32 steps more, whatever the size of the history. */
export class Chains {
  readonly #rows: Rows;
  readonly #conversationMark;
  readonly #logMark;
  readonly #step;

  constructor(db: Connection, rows: Rows) {
    this.#rows = rows;
    this.#conversationMark = db
      .prepare<[number, number], number>(
        'SELECT message FROM message_marks WHERE conversation = ? AND seq >= ? ORDER BY seq LIMIT 1',
      )
      .pluck();
    this.#logMark = db
      .prepare<[number, number], [number, number]>(
        'SELECT message, cursor FROM log_marks WHERE user = ? AND cursor > ? ORDER BY cursor LIMIT 1',
      )
      .raw();
    this.#step = db
      .prepare<[number], [number, number]>('SELECT seq, previous FROM messages WHERE row = ?')
      .raw();
  }

  /** The row of the message `seq` of a conversation, which must exist. */
  rowAt(record: ConversationRecord, seq: number): number {
    let row = this.#conversationMark.get(record.row, seq) ?? record.lastMessage;
    for (;;) {
      const step = this.#step.get(row);
      if (step === undefined || step[0] < seq) throw new Error(`no message ${String(seq)} in ${record.id}`);
      if (step[0] === seq) return row;
      row = step[1];
    }
  }

  /** Messages `from`..`to` of a conversation, ascending; both within 1..last. */
  messages(record: ConversationRecord, from: number, to: number): MessageRow[] {
    const found: MessageRow[] = [];
    if (from > to) return found;
    for (let row = this.rowAt(record, to); ;) {
      const message = this.#rows.messageAt(row);
      found.push(message);
      if (message.seq <= from) return found.reverse();
      row = message.previous;
    }
  }

  /** The newest message at or below `seq` that `sender` sent, or null. */
  newestOf(record: ConversationRecord, seq: number, sender: number): MessageRow | null {
    let row = this.rowAt(record, seq);
    while (row > 0) {
      const message = this.#rows.messageAt(row);
      if (message.sender === sender) return message;
      row = message.previous;
    }
    return null;
  }

  /** The messages in one person's log after a cursor, ascending: all up to `upTo`, where everything is known. */
  logged(user: number, after: number, span: number): { messages: MessageRow[]; upTo: number } {
    const mark = this.#logMark.get(user, after + span);
    const head = this.#rows.head(user);
    const messages: MessageRow[] = [];
    let row = mark === undefined ? head.message : mark[0];
    while (row > 0) {
      const message = this.#rows.messageAt(row);
      if (cursorOf(message, user) <= after) break;
      messages.push(message);
      row = previousOf(message, user);
    }
    return { messages: messages.reverse(), upTo: mark === undefined ? head.cursor : mark[1] };
  }

  /** One person's messages newest first, from `row` on, as long as they are above `floor`. */
  *newestFirst(user: number, row: number, floor: number): Generator<MessageRow, void, void> {
    while (row > floor) {
      const message = this.#rows.messageAt(row);
      yield message;
      row = previousOf(message, user);
    }
  }
}

export const cursorOf = (message: MessageRow, user: number): number =>
  message.sender === user ? message.senderCursor : message.recipientCursor;
const previousOf = (message: MessageRow, user: number): number =>
  message.sender === user ? message.senderPrevious : message.recipientPrevious;
