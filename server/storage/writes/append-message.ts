import { fromBlob, toBlob } from '../uuid.ts';
import { mySide, noteSent } from '../write-cache/conversation-record.ts';
import type { ConversationRecord } from '../write-cache/conversation-record.ts';
import { KIND, MARK_SPACING } from '../write-cache/log.ts';
import { isLiving } from '../write-cache/people.ts';
import type { LivingPerson, Person } from '../write-cache/people.ts';
import type { Appended } from '../store.ts';
import { tellLogged } from './context.ts';
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
  ordinal: number,
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

/** One message. A retry gets the first answer whatever happened since: the unique id decides, looked for beforehand where there
 *  is more to do than to insert, else by the insertion itself. [P2] */
export const appendMessage: MakeWrite<'appendMessage'> = (context) => {
  const { db, people, conversations, log } = context;
  const first = db
    .prepare<[Buffer], RawFirst>(
      `SELECT c.id, m.seq, m.sent_at, m.sender, m.recipient, m.sender_cursor, m.recipient_cursor, m.content,
         m.ordinal
       FROM messages m JOIN conversations c ON c.row = m.conversation WHERE m.id = ?`,
    )
    .raw();
  const insert = db.prepare<RawMessage>(
    `INSERT INTO messages (id, conversation, seq, ordinal, sender, recipient, sender_cursor, recipient_cursor, previous,
     sender_previous, recipient_previous, sent_at, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  const mark = db.prepare<[number, number, number]>('INSERT INTO message_marks VALUES (?, ?, ?)');

  /** Inserts the message at the end of the conversation and of both logs; null, and nothing has changed, when the id is taken. */
  const append = (
    messageId: string,
    id: Buffer,
    record: ConversationRecord,
    sender: LivingPerson,
    recipient: LivingPerson,
    content: string,
    now: number,
  ): Appended | null => {
    const mine = mySide(record, sender.row);
    const seq = record.lastSeq + 1;
    const senderCursor = log.nextCursor(sender.row);
    const recipientCursor = log.nextCursor(recipient.row);
    const { changes, lastInsertRowid } = insert.run(
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
    if (changes === 0) return null;
    const row = Number(lastInsertRowid);
    log.addMessage(sender.row, row);
    log.addMessage(recipient.row, row);
    if (seq % MARK_SPACING === 0) mark.run(record.row, seq, row);
    record.lastSeq = seq;
    record.lastMessage = row;
    mine.sent += 1;
    noteSent(mine, { row, id: messageId, seq, ordinal: mine.sent });
    if (record.sideA.hidden || record.sideB.hidden) {
      record.sideA.hidden = false;
      record.sideB.hidden = false;
      conversations.changed(record);
    }
    if (record.sideA === mine) conversations.touch(record, senderCursor, recipientCursor);
    else conversations.touch(record, recipientCursor, senderCursor);
    const appended: Appended = {
      kind: 'appended',
      conversationId: record.id,
      seq,
      sentAt: now,
      senderCursor,
      recipientCursor,
      senderName: sender.name,
      duplicate: false,
    };
    return mine.sent === 1 ? { ...appended, first: true } : appended;
  };

  /** The answer to an id that stands in the table; null when it does not. */
  const answerOfFirst = (
    id: Buffer,
    sender: Person | null,
    recipient: Person | null,
    content: string,
  ): Appended | { kind: 'conflict'; reason: 'id-taken' } | null => {
    const known = first.get(id);
    if (known === undefined) return null;
    const [conversation, seq, sentAt, by, to, senderCursor, recipientCursor, text, ordinal] = known;
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
      ...(ordinal === 1 ? { first: true } : {}),
    };
  };

  return ({ messageId, pair, senderId, newConversationId, content }, now) => {
    const recipientId = senderId === pair.first ? pair.second : pair.first;
    if (pair.first === pair.second || (senderId !== pair.first && senderId !== pair.second))
      return { kind: 'not-found' };
    const id = toBlob(messageId);
    const sender = people.find(senderId);
    const recipient = people.find(recipientId);
    if (isLiving(sender) && isLiving(recipient)) {
      const record = conversations.findByPair(sender.row, recipient.row);
      const appended =
        record === null ? null : append(messageId, id, record, sender, recipient, content, now);
      if (appended !== null) return appended;
    }
    const answer = answerOfFirst(id, sender, recipient, content);
    if (answer !== null) return answer;
    if (sender === null || recipient === null) return { kind: 'not-found' };
    if (!isLiving(sender) || !isLiving(recipient)) return { kind: 'conflict', reason: 'recipient-deleted' };
    const opener = { row: sender.row, activity: log.nextCursor(sender.row) };
    const record = conversations.create(newConversationId, opener, recipient.row, now);
    const cursor = log.addEvent(sender.row, KIND.conversationCreated, now, record.row);
    tellLogged(context, senderId, cursor);
    const appended = append(messageId, id, record, sender, recipient, content, now);
    if (appended === null) throw new Error('an id that was not there is taken');
    return appended;
  };
};
