import { encodeEvent, encodeSentAck } from '../protocol/encode.ts';
import type { LogEvent } from '../protocol/down.ts';
import type { Ids } from '../runtime/ids.ts';
import type { LogPage } from '../storage/store.ts';
import type { EncodedPage, LogEntry } from './refs.ts';

/** A page of a person's log as frames; runs in the helper pool. Messages keep their own id as the envelope's. */
export const encodePage = ({ events, cursor, more }: LogPage, userId: string, ids: Ids): EncodedPage => ({
  entries: events.map((event) => entryOf(event, userId, ids)),
  cursor,
  more,
});

const entryOf = (event: LogEvent, userId: string, ids: Ids): LogEntry => {
  const { cursor, at } = event;
  if (event.type !== 'message') return { cursor, frame: encodeEvent(event, ids.next()) };
  const { message_id: messageId, conversation_id: conversationId, seq, sender_id: senderId } = event.payload;
  const frame = encodeEvent(event, messageId);
  if (senderId !== userId) return { cursor, frame };
  const ack = encodeSentAck({ messageId, conversationId, seq, sentAt: at, cursor }, ids.next());
  return { cursor, frame, sent: { messageId, ack } };
};
