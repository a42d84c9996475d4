import { encodeEvent, encodeSentAck } from '../protocol/encode.ts';
import type { LogEvent } from '../protocol/down.ts';
import type { Ids } from '../runtime/ids.ts';
import type { LogPage } from '../storage/store.ts';
import type { EncodedPage, LogEntry } from './refs.ts';

/** Letters of a page's frames, of which a socket that stands still keeps the rest: 500 of the longest messages would be
 *  15 MB for each. [P9] */
export const PAGE_MAX_LETTERS = 128 * 1024;

/** A page of a person's log as frames; runs in the helper pool. Messages keep their own id as the envelope's. A page that is
 *  too long ends early, after one event at least, and says that there is more. */
export const encodePage = ({ events, cursor, more }: LogPage, userId: string, ids: Ids): EncodedPage => {
  const entries: LogEntry[] = [];
  let letters = 0;
  for (const event of events) {
    const last = entries.at(-1);
    if (last !== undefined && letters >= PAGE_MAX_LETTERS)
      return { entries, cursor: last.cursor, more: true };
    const entry = entryOf(event, userId, ids);
    letters += entry.frame.length;
    entries.push(entry);
  }
  return { entries, cursor, more };
};

const entryOf = (event: LogEvent, userId: string, ids: Ids): LogEntry => {
  const { cursor, at } = event;
  if (event.type !== 'message') return { cursor, frame: encodeEvent(event, ids.next()) };
  const { message_id: messageId, conversation_id: conversationId, seq, sender_id: senderId } = event.payload;
  const frame = encodeEvent(event, messageId);
  if (senderId !== userId) return { cursor, frame };
  const ack = encodeSentAck({ messageId, conversationId, seq, sentAt: at, cursor }, ids.next());
  return { cursor, frame, sent: { messageId, ack } };
};
