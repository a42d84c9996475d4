import type { ConversationRecord, RecentMessage } from '../../rules/conversation-record.ts';
import type { NumberedMessage, StoredMessage } from '../../rules/records.ts';
import { queryDeps, type QueryDeps } from '../queries/snapshot-queries.ts';
import type { Tx, WriteStatements } from '../transactions.ts';
import { fromBlob, fromBlobs, toBlob, toBlobs } from '../uuid.ts';
import { SKIP_INTERVAL, type EventLog } from '../write-cache/log.ts';
import type { Clock } from '../../../runtime/clock.ts';

type MessageValues = [
  id: Buffer,
  conversation: number,
  seq: number,
  ordinal: number,
  sender: number,
  recipient: number,
  senderCursor: number,
  recipientCursor: number,
  previous: number,
  senderPrevious: number,
  recipientPrevious: number,
  sentAt: number,
  content: string,
  replyTo: Buffer | null,
  replySeq: number | null,
  attachments: Buffer | null,
  again: Buffer,
];

type RawRemoved = [
  ...[conversation: Buffer, seq: number, sentAt: number, sender: number, recipient: number],
  ...[senderCursor: number, recipientCursor: number, contentHash: Buffer],
];

type RawMessage = [
  conversation: Buffer,
  seq: number,
  sentAt: number,
  sender: number,
  recipient: number,
  senderCursor: number,
  recipientCursor: number,
  content: string,
  ordinal: number,
  row: number,
  replyTo: Buffer | null,
  replySeq: number | null,
  attachments: Buffer | null,
];

/** The messages as the rules of writes see them. The unique indexes of ids decide whether an id is taken: the insertion fails. */
export class Messages {
  readonly #log: EventLog;
  readonly #deps: QueryDeps;
  readonly #insert;
  readonly #addSkipEntry;
  readonly #find;
  readonly #findRemoved;

  constructor(db: WriteStatements, log: EventLog, clock: Clock) {
    this.#log = log;
    this.#deps = queryDeps(db, clock);
    this.#insert = db.write<MessageValues>(
      // A row whose number was given before is never given out again, not even if retention has removed the newest one.
      `INSERT INTO messages (row, id, conversation, seq, ordinal, sender, recipient, sender_cursor, recipient_cursor, previous,
       sender_previous, recipient_previous, sent_at, content, reply_to, reply_seq, attachments)
       SELECT coalesce((SELECT max(row) FROM messages), (SELECT removed_to FROM retention WHERE one = 1)) + 1,
         ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
       WHERE NOT EXISTS (SELECT 1 FROM removed_messages WHERE id = ?) ON CONFLICT (id) DO NOTHING`,
    );
    this.#addSkipEntry = db.write<[number, number, number]>('INSERT INTO message_marks VALUES (?, ?, ?)');
    this.#find = db
      .read<[Buffer], RawMessage>(
        `SELECT c.id, m.seq, m.sent_at, m.sender, m.recipient, m.sender_cursor, m.recipient_cursor, m.content,
           m.ordinal, m.row, m.reply_to, m.reply_seq, m.attachments
         FROM messages m JOIN conversations c ON c.row = m.conversation WHERE m.id = ?`,
      )
      .raw();
    this.#findRemoved = db
      .read<[Buffer], RawRemoved>(
        `SELECT c.id, r.seq, r.sent_at, r.sender, c.low + c.high - r.sender, r.sender_cursor, r.recipient_cursor,
           r.content_hash
         FROM removed_messages r JOIN conversations c ON c.row = r.conversation WHERE r.id = ?`,
      )
      .raw();
  }

  add(tx: Tx, record: ConversationRecord, message: NumberedMessage): RecentMessage | null {
    const { id, seq, ordinal, sender, recipient, replyTo, attachments } = message;
    const blob = toBlob(id);
    const { changes, lastInsertRowid } = tx.run(
      this.#insert,
      blob,
      record.row,
      seq,
      ordinal,
      sender,
      recipient,
      message.senderCursor,
      message.recipientCursor,
      record.lastMessage,
      this.#log.lastMessage(tx, sender),
      this.#log.lastMessage(tx, recipient),
      message.sentAt,
      message.content,
      replyTo === null ? null : toBlob(replyTo.id),
      replyTo === null ? null : replyTo.seq,
      attachments.length === 0 ? null : toBlobs(attachments),
      blob,
    );
    if (changes === 0) return null;
    const row = Number(lastInsertRowid);
    this.#log.addMessage(tx, sender, row);
    this.#log.addMessage(tx, recipient, row);
    if (seq % SKIP_INTERVAL === 0) tx.run(this.#addSkipEntry, record.row, seq, row);
    record.lastMessage = row;
    return { row, id, seq, ordinal };
  }

  find(tx: Tx, id: string): StoredMessage | null {
    const found = tx.get(this.#find, toBlob(id));
    if (found === undefined) return this.#removed(tx, id);
    const [conversation, seq, sentAt, sender, recipient, senderCursor, recipientCursor, content, ...rest] =
      found;
    const [ordinal, row, replyTo, replySeq, attachments] = rest;
    return {
      row,
      conversationId: fromBlob(conversation),
      seq,
      ordinal,
      sender,
      recipient,
      senderCursor,
      recipientCursor,
      sentAt,
      content,
      replyTo: replyTo === null || replySeq === null ? null : { id: fromBlob(replyTo), seq: replySeq },
      attachments: fromBlobs(attachments),
    };
  }

  newestOf(tx: Tx, record: ConversationRecord, seq: number, sender: number): RecentMessage | null {
    return this.#deps.chains(tx, this.#deps.rows(tx)).newestOf(record, seq, sender);
  }

  #removed(tx: Tx, id: string): StoredMessage | null {
    const found = tx.get(this.#findRemoved, toBlob(id));
    if (found === undefined) return null;
    const [conversation, seq, sentAt, sender, recipient, senderCursor, recipientCursor, contentHash] = found;
    const place = { row: 0, conversationId: fromBlob(conversation), seq, ordinal: 0 };
    return {
      ...{ ...place, senderCursor, recipientCursor },
      ...{ sender, recipient, sentAt, content: null, contentHash },
    };
  }
}
