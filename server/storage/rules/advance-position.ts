import type { LogEvent } from '../../protocol/server-frames.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import { mySide, peerSide, recentMessage } from './conversation-record.ts';
import type { RecentMessage } from './conversation-record.ts';
import { KIND } from './event-kinds.ts';
import { isLiving } from './known-user.ts';
import type { Records, Rule } from './records.ts';

/** Moves a delivered or read position, and logs it for the users concerned [D9]. In each log a receipt replaces the one it
 *  covers, so a conversation leaves a few receipts in a log, not one for each message [D10]. */
export const advancePosition = <Tx>(records: Records<Tx>): Rule<Tx, 'advancePosition'> => {
  const { users, conversations, log, messages } = records;

  return (tx, { conversationId, userId, seq, status }, now) => {
    const reader = users.find(tx, userId);
    const record = conversations.find(tx, conversationId);
    // Nothing is added to the log of a deleted user: what was on its way comes too late.
    if (!isLiving(reader) || record === null) return { kind: 'not-found' };
    const mine = mySide(record, reader.row);
    const theirs = peerSide(record, reader.row);
    if (mine.user !== reader.row || seq < 1 || seq > record.lastSeq) return { kind: 'not-found' };
    const advanced = () => ({ kind: 'advanced', delivered: mine.delivered, read: mine.read }) as const;
    if (seq <= (status === 'read' ? mine.read : mine.delivered)) return advanced();

    const message = recentMessage(theirs, seq) ?? messages.newestOf(tx, record, seq, theirs.user);
    const reached = message?.seq ?? 0;
    if (message === null || reached <= (status === 'read' ? mine.read : mine.delivered)) {
      return advanced();
    }
    // A deleted sender has no log any more: there is nobody to tell.
    const sender = users.at(tx, theirs.user);
    const tell = (whose: { row: number; id: string }): number => {
      const kind = status === 'read' ? KIND.read : KIND.delivered;
      const cursor = log.addReceipt(tx, whose.row, kind, now, { record, message });
      records.events.push({ userId: whose.id, event: receipt(cursor, now, status, message, conversationId) });
      return cursor;
    };
    conversations.changed(record);
    if (reached >= mine.delivered) {
      log.dropEvent(tx, theirs.user, mine.deliveredEvent);
      mine.deliveredEvent = status === 'delivered' && sender.name !== null ? tell(sender) : 0;
      mine.delivered = reached;
      mine.deliveredCount = message.ordinal;
    }
    if (status === 'read') {
      log.dropEvent(tx, theirs.user, mine.readEvent);
      log.dropEvent(tx, reader.row, mine.ownReadEvent);
      mine.read = reached;
      mine.readCount = message.ordinal;
      mine.readEvent = sender.name !== null ? tell(sender) : 0;
      mine.ownReadEvent = tell(reader);
    }
    return advanced();
  };
};

const receipt = (
  cursor: number,
  at: number,
  status: 'delivered' | 'read',
  message: RecentMessage,
  conversationId: string,
): LogEvent => ({
  cursor,
  at,
  type: 'ack',
  payload: {
    message_id: message.id,
    conversation_id: conversationId,
    seq: message.seq,
    status,
    at: rfc3339(at),
  },
});
