import type { Connection } from '../open.ts';
import type { ConversationRecord } from '../write-cache/conversation-record.ts';
import { fromHex } from '../uuid.ts';
import type { MessageRow, Rows, ShownMessage } from './rows.ts';

/** Messages from one on backwards, each by its pointer to the one before, with their place: in one statement, which costs a third
 *  of one a message, and as one text of JSON, which costs half of a value for each column. */
const walk = (place: string, next: string): string =>
  `WITH RECURSIVE chain (row) AS (
     SELECT @row UNION ALL SELECT ${next}
   ) SELECT json_group_array(json_array(
       ${place}, lower(hex(m.id)), m.conversation, m.seq, m.sender, m.recipient, m.sent_at, m.content
     )) FROM chain LEFT JOIN messages m ON m.row = chain.row WHERE chain.row > 0`;
const inLog = (column: string): string =>
  `CASE WHEN m.sender = @user THEN m.sender_${column} ELSE m.recipient_${column} END`;

type Walked = readonly [number | null, string, number, number, number, number, number, string];
/** Of those after a place, in the order of their places. */
const inOrder = (walked: string | undefined, after: number): PlacedMessage[] =>
  (JSON.parse(walked ?? '[]') as readonly Walked[])
    .map(([place, id, conversation, seq, sender, recipient, sentAt, content]) => {
      if (place === null) throw new Error('a message points back to one that is not there');
      return { place, id: fromHex(id), conversation, seq, sender, recipient, sentAt, content };
    })
    .filter(({ place }) => place > after)
    .sort((a, b) => a.place - b.place);

/** `place`: the number in the chain that was walked, the cursor of a log or `seq`. */
export interface PlacedMessage extends ShownMessage {
  readonly place: number;
}

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
      .prepare<{ row: number; from: number }, string>(
        walk('m.seq', 'm.previous FROM chain JOIN messages m ON m.row = chain.row WHERE m.seq > @from'),
      )
      .pluck();
    this.#logWalk = db
      .prepare<{ row: number; user: number; after: number }, string>(
        walk(
          inLog('cursor'),
          `${inLog('previous')} FROM chain JOIN messages m ON m.row = chain.row WHERE ${inLog('cursor')} > @after + 1`,
        ),
      )
      .pluck();
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
  messages(record: ConversationRecord, from: number, to: number): PlacedMessage[] {
    if (from > to) return [];
    return inOrder(this.#conversationWalk.get({ row: this.rowAt(record, to), from }), from - 1);
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
  logged(user: number, after: number, span: number): { messages: PlacedMessage[]; upTo: number } {
    const head = this.#rows.head(user);
    const [row, upTo] = (head.cursor > after + span
      ? this.#logMarkBefore.get(user, after + 1, after + span)
      : undefined) ??
      this.#logMark.get(user, after + span) ?? [head.message, head.cursor];
    return { messages: inOrder(this.#logWalk.get({ row, user, after }), after), upTo };
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
export const previousOf = (message: MessageRow, user: number): number =>
  message.sender === user ? message.senderPrevious : message.recipientPrevious;
