import { RecordFault } from '../../transfer/transfer-error.ts';
import type { Db } from '../open.ts';
import { SKIP_INTERVAL } from '../write-cache/log.ts';
import { messageOrder, type PlacedOnce } from './message-order.ts';

interface Staged extends PlacedOnce {
  readonly conversation: number;
  readonly seq: number;
  /** The `seq` of the first message of the conversation that is there. */
  readonly first: number;
}

/** The end of a log, as far as it has been placed. */
interface LogEnd {
  row: number;
  cursor: number;
}

/** Gives the staged messages their rows, in an order that agrees with both logs and the conversation of each, and with the rows their
 *  pointers and skip entries. Holds one entry for each user. `expected`: how many there are.
 *  @throws RecordFault if there is no such order */
export const placeMessages = (db: Db, expected: number): void => {
  const statements = statementsOf(db);
  const users = statements.users.get() ?? 0;
  const ends = new Map<number, LogEnd>();
  const endOf = (user: number): LogEnd => {
    const known = ends.get(user) ?? { row: 0, cursor: 0 };
    ends.set(user, known);
    return known;
  };
  const place = (message: Staged, row: number): void => {
    const { number, conversation, seq, first, sender, recipient } = message;
    const previous = seq === first ? 0 : (statements.rowOf.get(number - 1) ?? 0);
    statements.insert.run(row, previous, endOf(sender).row, endOf(recipient).row, number);
    statements.placed.run(number, row);
    if (seq % SKIP_INTERVAL === 0) statements.conversationSkip.run(conversation, seq, row);
    for (const [user, cursor] of [
      [sender, message.senderCursor],
      [recipient, message.recipientCursor],
    ] as const) {
      const end = endOf(user);
      if (Math.floor(cursor / SKIP_INTERVAL) !== Math.floor(end.cursor / SKIP_INTERVAL))
        statements.logSkip.run(user, cursor, row);
      end.row = row;
      end.cursor = cursor;
    }
  };
  let row = 0;
  for (const message of messageOrder(users, (user, after) => statements.next.get(user, after))) {
    row += 1;
    place(message as Staged, row);
  }
  if (row !== expected)
    throw new RecordFault(
      'no order of the messages fits the cursors of all logs: they contradict each other',
    );
  for (const [user, end] of ends) statements.head.run(end.row, end.cursor, user);
  statements.lastMessages.run();
};

const statementsOf = (db: Db) => ({
  users: db.prepare<[], number | null>('SELECT max(row) FROM users').pluck(),
  next: db.prepare<[number, number], Staged>(
    `SELECT m.number, m.conversation, m.seq, m.sender, m.recipient, m.sender_cursor AS senderCursor,
       m.recipient_cursor AS recipientCursor, m.sent_at AS sentAt,
       c.low_removed + c.high_removed + 1 AS first
     FROM staging.places p JOIN staging.messages m ON m.number = p.number
     JOIN conversations c ON c.row = m.conversation
     WHERE p.user = ? AND p.cursor > ? ORDER BY p.cursor LIMIT 1`,
  ),
  rowOf: db.prepare<[number], number>('SELECT row FROM staging.placed WHERE number = ?').pluck(),
  placed: db.prepare<[number, number]>('INSERT INTO staging.placed VALUES (?, ?)'),
  insert: db.prepare<[number, number, number, number, number]>(
    `INSERT INTO messages (row, id, conversation, seq, ordinal, sender, recipient, sender_cursor, recipient_cursor,
       previous, sender_previous, recipient_previous, sent_at, content, is_anonymized, deleted_user_name,
       reply_to, reply_seq, attachments)
     SELECT ?, m.id, m.conversation, m.seq, m.ordinal, m.sender, m.recipient, m.sender_cursor, m.recipient_cursor,
       ?, ?, ?, m.sent_at, m.content, u.is_anonymized, n.name,
       m.reply_to, m.reply_seq, m.attachments
     FROM staging.messages m JOIN users u ON u.row = m.sender LEFT JOIN staging.names n ON n.user = m.sender
     WHERE m.number = ?`,
  ),
  conversationSkip: db.prepare<[number, number, number]>('INSERT INTO message_marks VALUES (?, ?, ?)'),
  logSkip: db.prepare<[number, number, number]>('INSERT INTO log_marks VALUES (?, ?, ?)'),
  head: db.prepare<[number, number, number]>(
    'UPDATE heads SET message = ?, message_cursor = ? WHERE user = ?',
  ),
  lastMessages: db.prepare<[]>(
    `UPDATE conversations SET last_message = (SELECT p.row FROM staging.starts s JOIN staging.placed p
       ON p.number = s.number + last_seq - 1 WHERE s.conversation = conversations.row) WHERE last_seq > low_removed + high_removed`,
  ),
});
