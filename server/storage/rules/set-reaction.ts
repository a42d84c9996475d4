import type { LogEvent } from '../../protocol/server-frames.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { Reacted } from '../writes.ts';
import { firstSeq, mySide, peerSide, type ConversationRecord } from './conversation-record.ts';
import { isLiving, type KnownUser } from './known-user.ts';
import { blockBetween } from './set-block.ts';
import type { Records, Rule, StoredMessage } from './records.ts';

/** Sets, replaces or takes back a user's reaction to a message, and logs the change for both users [M5]. A user who has removed the message
 *  for themselves is told nothing [M8]. What is so already changes nothing, whatever happened since [M6]. */
export const setReaction = <Tx>(records: Records<Tx>): Rule<Tx, 'setReaction'> => {
  const { users, conversations, log, messages, reactions } = records;

  return (tx, { messageId, userId, emoji }, now) => {
    const user = users.find(tx, userId);
    const found = messages.find(tx, messageId);
    // Nothing is added to the log of a deleted user: what was on its way comes too late.
    if (!isLiving(user) || found === null) return { kind: 'not-found' };
    if (found.content === null) return { kind: 'not-found' };
    const record = conversations.find(tx, found.conversationId);
    if (record === null || !canRead(record, user, found)) return { kind: 'not-found' };
    const message = { record, row: found.row, seq: found.seq };
    const former = reactions.current(tx, message, user.row);
    if ((former?.emoji ?? null) === emoji)
      return reacted(record, found, former ?? ownEvent(user, found), false);
    const peer = users.at(tx, peerSide(record, user.row).user);
    if (!isLiving(peer)) return { kind: 'conflict' };
    const by = blockBetween(records, tx, { from: user, to: peer, record });
    if (by !== null) return { kind: 'blocked', by };

    const cursor = log.nextCursor(tx, user.row);
    const peerCursor = canRead(record, peer, found) ? log.nextCursor(tx, peer.row) : 0;
    const change = { user: user.row, emoji, at: now, cursor, peerCursor };
    const row = reactions.add(tx, message, change, former);
    const payload = {
      message_id: messageId,
      conversation_id: record.id,
      seq: found.seq,
      user_id: userId,
      emoji,
      at: rfc3339(now),
    };
    const tell = (whose: KnownUser): void => {
      const event: LogEvent = {
        cursor: log.addReaction(tx, whose.row, now, row),
        at: now,
        type: 'reaction',
        payload,
      };
      records.events.push({ userId: whose.id, event });
    };
    tell(user);
    if (peerCursor > 0) tell(peer);
    return reacted(record, found, change, true);
  };
};

/** Whether a message is one of this user's, and was removed neither by them nor by retention. */
const canRead = (record: ConversationRecord, user: KnownUser, { seq }: StoredMessage): boolean =>
  mySide(record, user.row).user === user.row && seq >= firstSeq(record, user.row);

/** What made it so that a user has no reaction, if they never had one: the message. */
const ownEvent = (
  user: KnownUser,
  message: StoredMessage,
): { readonly at: number; readonly cursor: number } => ({
  at: message.sentAt,
  cursor: message.sender === user.row ? message.senderCursor : message.recipientCursor,
});

const reacted = (
  record: ConversationRecord,
  { seq }: StoredMessage,
  { at, cursor }: { readonly at: number; readonly cursor: number },
  isNew: boolean,
): Reacted => ({ kind: 'reacted', conversationId: record.id, seq, at, cursor, isNew });
