import type { LogEvent } from '../../protocol/down.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import { Chains } from '../queries/chains.ts';
import { Rows } from '../queries/rows.ts';
import { mySide, peerSide, recentlySent } from '../write-cache/conversation-record.ts';
import type { Sent } from '../write-cache/conversation-record.ts';
import { KIND } from '../write-cache/log.ts';
import type { MakeWrite } from './context.ts';

/** Moves a mark and tells whom it concerns. In each log a receipt replaces the one it covers, so a conversation leaves a few
 *  receipts in a log, not one per message. */
export const advanceMark: MakeWrite<'advanceMark'> = (context) => {
  const { people, conversations, log } = context;
  const rows = new Rows(context.db, context.clock);
  const chains = new Chains(context.db, rows);

  return ({ conversationId, userId, seq, status }, now) => {
    const reader = people.find(userId);
    const record = conversations.find(conversationId);
    if (reader === null || record === null) return { kind: 'not-found' };
    const mine = mySide(record, reader.row);
    const theirs = peerSide(record, reader.row);
    if (mine.user !== reader.row || seq < 1 || seq > record.lastSeq) return { kind: 'not-found' };
    if (seq <= (status === 'read' ? mine.read : mine.delivered)) return { kind: 'marked' };

    const message = recentlySent(theirs, seq) ?? chains.newestOf(record, seq, theirs.user);
    const reached = message?.seq ?? 0;
    if (message === null || reached <= (status === 'read' ? mine.read : mine.delivered)) {
      return { kind: 'marked' };
    }
    // A deleted sender has no log any more: there is nobody to tell.
    const sender = people.at(theirs.user);
    const tell = (whose: { row: number; id: string }): number => {
      const cursor = log.addEvent(
        whose.row,
        status === 'read' ? KIND.read : KIND.delivered,
        now,
        message.row,
      );
      context.events.push({ userId: whose.id, event: receipt(cursor, now, status, message, conversationId) });
      return cursor;
    };
    conversations.changed(record);
    if (reached >= mine.delivered) {
      log.dropEvent(theirs.user, mine.deliveredEvent);
      mine.deliveredEvent = status === 'delivered' && sender.name !== null ? tell(sender) : 0;
      mine.delivered = reached;
      mine.deliveredCount = message.ordinal;
    }
    if (status === 'read') {
      log.dropEvent(theirs.user, mine.readEvent);
      log.dropEvent(reader.row, mine.ownReadEvent);
      mine.read = reached;
      mine.readCount = message.ordinal;
      mine.readEvent = sender.name !== null ? tell(sender) : 0;
      mine.ownReadEvent = tell(reader);
    }
    return { kind: 'marked' };
  };
};

const receipt = (
  cursor: number,
  at: number,
  status: 'delivered' | 'read',
  message: Sent,
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
