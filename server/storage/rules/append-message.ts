import { peerIn } from '../pair.ts';
import type { Appended } from '../writes.ts';
import { KIND } from './event-kinds.ts';
import { contentHash } from './content-hash.ts';
import { insertMessage } from './insert-message.ts';
import { isLiving, type KnownUser } from './known-user.ts';
import type { Records, Rule, StoredMessage } from './records.ts';

/** Appends one message. A retry gets the first answer, whatever happened since [P2] [D4]. The insertion itself tells whether the id is
 *  taken. If there is more to do than to insert, the id is looked up first. */
export const appendMessage = <Tx>(records: Records<Tx>): Rule<Tx, 'appendMessage'> => {
  const { users, conversations, log } = records;
  return (tx, { messageId: id, pair, senderId, newConversationId, content }, now) => {
    const recipientId = peerIn(pair, senderId);
    if (pair.first === pair.second || (senderId !== pair.first && senderId !== pair.second))
      return { kind: 'not-found' };
    const sender = users.find(tx, senderId);
    const recipient = users.find(tx, recipientId);
    if (isLiving(sender) && isLiving(recipient)) {
      const record = conversations.findByPair(tx, sender.row, recipient.row);
      const appended =
        record === null ? null : insertMessage(records, tx, record, { id, sender, recipient, content }, now);
      if (appended !== null) return appended;
    }
    const answer = firstAnswer(records, tx, { id, sender, recipient, content });
    if (answer !== null) return answer;
    if (sender === null || recipient === null) return { kind: 'not-found' };
    if (!isLiving(sender) || !isLiving(recipient)) return { kind: 'conflict', reason: 'recipient-deleted' };
    const opener = { row: sender.row, activity: log.nextCursor(tx, sender.row) };
    const record = conversations.create(tx, newConversationId, opener, recipient.row, now);
    const cursor = log.addEvent(tx, sender.row, KIND.conversationCreated, now, record);
    records.tellLogged(tx, senderId, cursor);
    const appended = insertMessage(records, tx, record, { id, sender, recipient, content }, now);
    if (appended === null) throw new Error('an id that was not there is taken');
    return appended;
  };
};

/** The answer to an id that is or was stored: the one of the first time, or that the id belongs to another message. Null for an
 *  id that is not stored. */
const firstAnswer = <Tx>(
  { messages }: Pick<Records<Tx>, 'messages'>,
  tx: Tx,
  asked: {
    readonly id: string;
    readonly sender: KnownUser | null;
    readonly recipient: KnownUser | null;
    readonly content: string;
  },
): Appended | { kind: 'conflict'; reason: 'id-taken' } | null => {
  const known = messages.find(tx, asked.id);
  if (known === null) return null;
  const { conversationId, seq, sentAt, senderCursor, recipientCursor } = known;
  const isSame =
    known.sender === asked.sender?.row &&
    known.recipient === asked.recipient?.row &&
    hasContent(known, asked);
  if (!isSame) return { kind: 'conflict', reason: 'id-taken' };
  return {
    kind: 'appended',
    conversationId,
    seq,
    sentAt,
    senderCursor,
    recipientCursor,
    senderName: asked.sender.name ?? '',
    duplicate: true,
    ...(known.ordinal === 1 ? { first: true } : {}),
  };
};

const hasContent = (
  known: StoredMessage,
  { id, content }: { readonly id: string; readonly content: string },
): boolean =>
  known.content === null ? known.contentHash.equals(contentHash(id, content)) : known.content === content;
