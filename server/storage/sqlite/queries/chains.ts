import type { PlacedMessage } from '../../presenting/presented-rows.ts';
import type { ReadStatements, Rx } from '../transactions.ts';
import { removedSeq } from '../../rules/conversation-record.ts';
import type { ConversationRecord } from '../../rules/conversation-record.ts';
import { fromHex } from '../uuid.ts';
import type { MessageRow, Rows } from './rows.ts';

/** Walks backwards from a message along the pointers to the previous one. One recursive statement costs a third of one statement
 *  for each message, and one JSON text costs half of a value for each column. It ends where retention has removed
 *  the rows before. */
const walk = (place: string, next: string): string =>
  `WITH RECURSIVE chain (row) AS (
     SELECT @row UNION ALL SELECT ${next}
   ) SELECT json_group_array(json_array(
       ${place}, lower(hex(m.id)), m.conversation, m.seq, m.sender, m.recipient, m.sent_at, m.content,
       m.reply_seq, hex(m.reply_to), m.attachments IS NOT NULL
     )) FROM chain LEFT JOIN messages m ON m.row = chain.row
     WHERE chain.row > (SELECT removed_to FROM retention WHERE one = 1)`;
const inLog = (column: string): string =>
  `CASE WHEN m.sender = @user THEN m.sender_${column} ELSE m.recipient_${column} END`;

type Walked = readonly [
  ...[place: number | null, id: string, conversation: number, seq: number, sender: number],
  ...[recipient: number, sentAt: number, content: string, replySeq: number | null, replyTo: string],
  hasAttachments: 0 | 1,
];
/** Of those after a place, in the order of their places. */
const inOrder = (walked: string | undefined, after: number): PlacedMessage[] =>
  (JSON.parse(walked ?? '[]') as readonly Walked[])
    .map(([place, id, conversation, seq, sender, recipient, sentAt, content, replySeq, reply, has]) => {
      if (place === null) throw new Error('a message points back to one that is not there');
      const replyTo = replySeq === null ? null : { id: fromHex(reply.toLowerCase()), seq: replySeq };
      const shown = { conversation, seq, sender, recipient, sentAt, content, replyTo };
      return { place, id: fromHex(id), ...shown, hasAttachments: has === 1 };
    })
    .filter(({ place }) => place > after)
    .sort((a, b) => a.place - b.place);

/** The statements of `Chains`, prepared once per connection. */
export class ChainStatements {
  readonly conversationEntry;
  readonly logEntry;
  readonly logEntryBefore;
  readonly step;
  readonly conversationWalk;
  readonly logWalk;

  constructor(db: ReadStatements) {
    this.conversationEntry = db
      .read<[number, number], number>(
        'SELECT message FROM message_marks WHERE conversation = ? AND seq >= ? ORDER BY seq LIMIT 1',
      )
      .pluck();
    this.logEntry = db
      .read<[number, number], [number, number]>(
        'SELECT message, cursor FROM log_marks WHERE user = ? AND cursor > ? ORDER BY cursor LIMIT 1',
      )
      .raw();
    this.logEntryBefore = db
      .read<[number, number, number], [number, number]>(
        'SELECT message, cursor FROM log_marks WHERE user = ? AND cursor BETWEEN ? AND ? ORDER BY cursor DESC LIMIT 1',
      )
      .raw();
    this.conversationWalk = db
      .read<{ row: number; from: number }, string>(
        walk('m.seq', 'm.previous FROM chain JOIN messages m ON m.row = chain.row WHERE m.seq > @from'),
      )
      .pluck();
    this.logWalk = db
      .read<{ row: number; user: number; after: number }, string>(
        walk(
          inLog('cursor'),
          `${inLog('previous')} FROM chain JOIN messages m ON m.row = chain.row WHERE ${inLog('cursor')} > @after + 1`,
        ),
      )
      .pluck();
    this.step = db.read<[number], [number, number]>('SELECT seq, previous FROM messages WHERE row = ?').raw();
  }
}

/** Walks along the back pointers of messages, in one snapshot. The row at every 32nd position is stored as a skip entry, so a
 *  walk costs its answer and at most 32 steps more, whatever the size of the history. */
export class Chains {
  readonly #rx: Rx;
  readonly #statements: ChainStatements;
  readonly #rows: Rows;

  constructor(rx: Rx, statements: ChainStatements, rows: Rows) {
    this.#rx = rx;
    this.#statements = statements;
    this.#rows = rows;
  }

  /** The row of the message `seq` of a conversation, which must exist. */
  rowAt(record: ConversationRecord, seq: number): number {
    let row = this.#rx.get(this.#statements.conversationEntry, record.row, seq) ?? record.lastMessage;
    for (;;) {
      const step = this.#rx.get(this.#statements.step, row);
      if (step === undefined || step[0] < seq) throw new Error(`no message ${String(seq)} in ${record.id}`);
      if (step[0] === seq) return row;
      row = step[1];
    }
  }

  /** Messages `from`..`to` of a conversation, ascending; both within 1..last. */
  messages(record: ConversationRecord, from: number, to: number): PlacedMessage[] {
    if (from > to) return [];
    return inOrder(
      this.#rx.get(this.#statements.conversationWalk, { row: this.rowAt(record, to), from }),
      from - 1,
    );
  }

  /** The newest message at or below `seq` that `sender` sent and that is still there, or null. */
  newestOf(record: ConversationRecord, seq: number, sender: number): MessageRow | null {
    const removed = removedSeq(record);
    if (seq <= removed) return null;
    for (let message = this.#rows.messageAt(this.rowAt(record, seq)); ;) {
      if (message.sender === sender) return message;
      if (message.seq === removed + 1) return null;
      message = this.#rows.messageAt(message.previous);
    }
  }

  /** The messages in one user's log after a cursor, ascending, and complete up to `upTo`. Ends at a skip entry among the
   *  next `span` cursors if there is one, so that the next page reads nothing again. */
  logged(user: number, after: number, span: number): { messages: PlacedMessage[]; upTo: number } {
    const head = this.#rows.head(user);
    const [row, upTo] = (head.cursor > after + span
      ? this.#rx.get(this.#statements.logEntryBefore, user, after + 1, after + span)
      : undefined) ??
      this.#rx.get(this.#statements.logEntry, user, after + span) ?? [head.message, head.cursor];
    return { messages: inOrder(this.#rx.get(this.#statements.logWalk, { row, user, after }), after), upTo };
  }

  /** One user's messages newest first, from `row` on, as long as they are above `floor`. */
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
