import type { Connection } from '../open.ts';
import type { ConversationRecord } from '../records/conversation-record.ts';
import { MESSAGE_COLUMNS, toMessage } from './rows.ts';
import type { MessageRow, RawMessage, Rows } from './rows.ts';

/** Messages from one on backwards, each by its pointer to the one before; in one statement, which costs half of one a message. */
const walk = (next: string): string =>
  `WITH RECURSIVE chain (row) AS (
     SELECT @row UNION ALL SELECT ${next}
   ) SELECT ${MESSAGE_COLUMNS} FROM chain LEFT JOIN messages m ON m.row = chain.row WHERE chain.row > 0`;
type Walked = RawMessage | readonly [row: null];
const whole = (raw: Walked): MessageRow => {
  if (raw[0] === null) throw new Error('a message points back to one that is not there');
  return toMessage(raw);
};
const inLog = (column: string): string =>
  `CASE WHEN m.sender = @user THEN m.sender_${column} ELSE m.recipient_${column} END`;

/** Walks along the messages' back pointers. A mark stands at every 32nd place, so the cost of any walk is its answer and at
 *  most 32 steps more, whatever the size of the history. */
export class Chains {
  readonly #rows: Rows;
  readonly #conversationMark;
  readonly #logMark;
  readonly #logMarkBefore;
  readonly #step;
  readonly #conversationWalk;
  readonly #logWalk;

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
    this.#logMarkBefore = db
      .prepare<[number, number, number], [number, number]>(
        'SELECT message, cursor FROM log_marks WHERE user = ? AND cursor BETWEEN ? AND ? ORDER BY cursor DESC LIMIT 1',
      )
      .raw();
    this.#conversationWalk = db
      .prepare<{ row: number; from: number }, Walked>(
        walk('m.previous FROM chain JOIN messages m ON m.row = chain.row WHERE m.seq > @from'),
      )
      .raw();
    this.#logWalk = db
      .prepare<{ row: number; user: number; after: number }, Walked>(
        walk(
          `${inLog('previous')} FROM chain JOIN messages m ON m.row = chain.row WHERE ${inLog('cursor')} > @after + 1`,
        ),
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
    if (from > to) return [];
    const found = this.#conversationWalk.all({ row: this.rowAt(record, to), from }).map(whole);
    return found.sort((a, b) => a.seq - b.seq);
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

  /** The messages in one person's log after a cursor, ascending: all up to `upTo`, where everything is known. Ends at a mark
   *  among the next `span` numbers where one stands there, so that nothing is read that the next page reads again. */
  logged(user: number, after: number, span: number): { messages: MessageRow[]; upTo: number } {
    const head = this.#rows.head(user);
    const [row, upTo] = (head.cursor > after + span
      ? this.#logMarkBefore.get(user, after + 1, after + span)
      : undefined) ??
      this.#logMark.get(user, after + span) ?? [head.message, head.cursor];
    const found = this.#logWalk.all({ row, user, after }).map(whole);
    const messages = found.filter((message) => cursorOf(message, user) > after);
    return { messages: messages.sort((a, b) => cursorOf(a, user) - cursorOf(b, user)), upTo };
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
