import { fromBlob, toBlob } from '../uuid.ts';
import { mySide } from '../records/conversation-record.ts';
import type { ConversationRecord } from '../records/conversation-record.ts';
import { KIND, MARK_SPACING } from '../records/log.ts';
import type { Person } from '../records/people.ts';
import type { Appended, LoggedEvent } from '../store.ts';
import { loggedEvent } from './context.ts';
import type { MakeWrite } from './context.ts';

type RawFirst = [
  conversation: Buffer,
  seq: number,
  sentAt: number,
  sender: number,
  recipient: number,
  senderCursor: number,
  recipientCursor: number,
  content: string,
];
type RawMessage = [
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
];

/** One message: looked for by its id first, so that a retry gets the first answer whatever happened since. [P2] */
export const appendMessage: MakeWrite<'appendMessage'> = (context) => {
  const { db, people, conversations, log } = context;
  const first = db
    .prepare<[Buffer], RawFirst>(
      `SELECT c.id, m.seq, m.sent_at, m.sender, m.recipient, m.sender_cursor, m.recipient_cursor, m.content
       FROM messages m JOIN conversations c ON c.row = m.conversation WHERE m.id = ?`,
    )
    .raw();
  const insert = db.prepare<RawMessage>(
    `INSERT INTO messages (id, conversation, seq, ordinal, sender, recipient, sender_cursor, recipient_cursor, previous,
     sender_previous, recipient_previous, sent_at, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const mark = db.prepare<[number, number, number]>('INSERT INTO message_marks VALUES (?, ?, ?)');

  /** Inserts the message at the end of the conversation and of both logs. */
  const append = (
    id: Buffer,
    record: ConversationRecord,
    sender: Person,
    recipient: Person,
    content: string,
    now: number,
  ): Omit<Appended, 'kind' | 'senderName' | 'duplicate' | 'events' | 'conversationId'> => {
    const mine = mySide(record, sender.row);
    const seq = record.lastSeq + 1;
    const senderCursor = log.nextCursor(sender.row);
    const recipientCursor = log.nextCursor(recipient.row);
    const { lastInsertRowid } = insert.run(
      id,
      record.row,
      seq,
      mine.sent + 1,
      sender.row,
      recipient.row,
      senderCursor,
      recipientCursor,
      record.lastMessage,
      log.lastMessage(sender.row),
      log.lastMessage(recipient.row),
      now,
      content,
    );
    const row = Number(lastInsertRowid);
    log.addMessage(sender.row, row);
    log.addMessage(recipient.row, row);
    if (seq % MARK_SPACING === 0) mark.run(record.row, seq, row);
    record.lastSeq = seq;
    record.lastMessage = row;
    mine.sent += 1;
    if (record.low.hidden || record.high.hidden) {
      record.low.hidden = false;
      record.high.hidden = false;
      conversations.changed(record);
    }
    conversations.touch(record, now);
    return { seq, sentAt: now, senderCursor, recipientCursor };
  };

  return ({ messageId, pair, senderId, newConversationId, content }, now) => {
    const recipientId = senderId === pair.low ? pair.high : pair.low;
    if (pair.low === pair.high || (senderId !== pair.low && senderId !== pair.high))
      return { kind: 'not-found' };
    const id = toBlob(messageId);
    const sender = people.find(senderId);
    const recipient = people.find(recipientId);
    const known = first.get(id);
    if (known !== undefined) {
      const [conversation, seq, sentAt, by, to, senderCursor, recipientCursor, text] = known;
      if (by !== sender?.row || to !== recipient?.row || text !== content) {
        return { kind: 'conflict', reason: 'id-taken' };
      }
      return {
        kind: 'appended',
        conversationId: fromBlob(conversation),
        seq,
        sentAt,
        senderCursor,
        recipientCursor,
        senderName: sender.name ?? '',
        duplicate: true,
        events: [],
      };
    }
    if (sender === null || recipient === null) return { kind: 'not-found' };
    if (sender.name === null || recipient.name === null)
      return { kind: 'conflict', reason: 'recipient-deleted' };
    const events: LoggedEvent[] = [];
    let record = conversations.findByPair(sender.row, recipient.row);
    if (record === null) {
      record = conversations.create(newConversationId, sender.row, recipient.row, now);
      const cursor = log.addEvent(sender.row, KIND.conversationCreated, now, record.row);
      events.push(loggedEvent(context, senderId, cursor));
    }
    return {
      kind: 'appended',
      conversationId: record.id,
      ...append(id, record, sender, recipient, content, now),
      senderName: sender.name,
      duplicate: false,
      events,
    };
  };
};
