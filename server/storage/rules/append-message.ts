import { areSameIds } from '../attachments/same-ids.ts';
import type { StoredAttachment } from '../attachments/stored-attachment.ts';
import { peerIn } from '../pair.ts';
import type { Appended, RepliedTo } from '../writes.ts';
import { KIND } from './event-kinds.ts';
import { contentHash } from './content-hash.ts';
import { firstSeq, type ConversationRecord } from './conversation-record.ts';
import { insertMessage } from './insert-message.ts';
import { isLiving, type KnownUser } from './known-user.ts';
import { blockBetween } from './set-block.ts';
import type { Records, Rule, StoredMessage } from './records.ts';

/** What a repeat of an id has to repeat [D4] [M3] [G3]. */
interface Asked {
  readonly id: string;
  readonly sender: KnownUser | null;
  readonly recipient: KnownUser | null;
  readonly content: string;
  /** The id of the message that it replies to. */
  readonly repliesTo: string | null;
  /** The ids of its attachments. */
  readonly attachmentIds: readonly string[];
}

const NONE: readonly never[] = [];

/** Appends one message. A retry gets the first answer, whatever happened since [P2] [D4]. The insertion itself tells whether the id is
 *  taken. If there is more to do than to insert, the id is looked up first. */
export const appendMessage = <Tx>(records: Records<Tx>): Rule<Tx, 'appendMessage'> => {
  const { users, conversations, log } = records;
  return (
    tx,
    {
      messageId: id,
      pair,
      senderId,
      newConversationId,
      content,
      replyTo: repliesTo = null,
      attachments: attachmentIds = NONE,
    },
    now,
  ) => {
    const recipientId = peerIn(pair, senderId);
    if (pair.first === pair.second || (senderId !== pair.first && senderId !== pair.second))
      return { kind: 'not-found' };
    const sender = users.find(tx, senderId);
    const recipient = users.find(tx, recipientId);
    const known = sender && recipient && conversations.findByPair(tx, sender.row, recipient.row);
    const isFree = known !== null && !known.sideA.blocks && !known.sideB.blocks;
    const isPlain = repliesTo === null && attachmentIds.length === 0;
    if (isPlain && isFree && isLiving(sender) && isLiving(recipient)) {
      const message = { id, sender, recipient, content, replyTo: null, attachments: NONE };
      const appended = insertMessage(records, tx, known, message, now);
      if (appended !== null) return appended;
    }
    const answer = firstAnswer(records, tx, { id, sender, recipient, content, repliesTo, attachmentIds });
    if (answer !== null) return answer;
    if (sender === null || recipient === null) return { kind: 'not-found' };
    if (!isLiving(sender) || !isLiving(recipient)) return { kind: 'conflict', reason: 'recipient-deleted' };
    const by = blockBetween(records, tx, { from: sender, to: recipient, record: known });
    if (by !== null) return { kind: 'blocked', by };
    const replyTo = repliesTo === null ? null : repliedTo(records, tx, known, repliesTo, sender);
    if (replyTo === null && repliesTo !== null) return { kind: 'bad-reply' };
    const attachments = unsentOf(records, tx, attachmentIds, sender);
    if (attachments === null) return { kind: 'bad-attachment' };
    const record = known ?? create(tx, newConversationId, sender, recipient, now);
    const message = { id, sender, recipient, content, replyTo, attachments };
    const appended = insertMessage(records, tx, record, message, now);
    if (appended === null) throw new Error('an id that was not there is taken');
    return appended;
  };

  function create(
    tx: Tx,
    id: string,
    sender: KnownUser,
    recipient: KnownUser,
    now: number,
  ): ConversationRecord {
    const opener = { row: sender.row, activity: log.nextCursor(tx, sender.row) };
    const record = conversations.create(tx, id, opener, recipient.row, now);
    const cursor = log.addEvent(tx, sender.row, KIND.conversationCreated, now, record);
    records.tellLogged(tx, sender.id, cursor);
    return record;
  }
};

/** The message that a new one replies to; null for one that its sender can't read there [M1]. */
const repliedTo = <Tx>(
  { messages }: Pick<Records<Tx>, 'messages'>,
  tx: Tx,
  record: ConversationRecord | null,
  id: string,
  sender: KnownUser,
): RepliedTo | null => {
  const found = messages.find(tx, id);
  if (record === null || found?.conversationId !== record.id) return null;
  return found.content === null || found.seq < firstSeq(record, sender.row) ? null : { id, seq: found.seq };
};

/** The attachments that a new message carries; null if one of them is none that its sender has uploaded and not sent, or is named twice
 *  [G3]. */
const unsentOf = <Tx>(
  { attachments }: Pick<Records<Tx>, 'attachments'>,
  tx: Tx,
  ids: readonly string[],
  sender: KnownUser,
): readonly StoredAttachment[] | null => {
  const found = ids.flatMap((id) => attachments.unsent(tx, id, sender.row) ?? []);
  return found.length === ids.length && new Set(ids).size === ids.length ? found : null;
};

/** The answer to an id that is or was stored: the one of the first time, or that the id belongs to another message. Null for an
 *  id that is not stored. */
const firstAnswer = <Tx>(
  { messages }: Pick<Records<Tx>, 'messages'>,
  tx: Tx,
  asked: Asked,
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

const hasContent = (known: StoredMessage, { id, content, repliesTo, attachmentIds }: Asked): boolean =>
  known.content === null
    ? known.contentHash.equals(contentHash(id, content, repliesTo, attachmentIds))
    : known.content === content &&
      (known.replyTo?.id ?? null) === repliesTo &&
      areSameIds(known.attachments, attachmentIds);
