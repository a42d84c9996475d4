import { encodeEvent } from '../../protocol/encode.ts';
import { encodeSentAck } from '../../protocol/messages/ack.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { LogPage } from '../../storage/reads.ts';
import { presenceShownBy, type ShownPresence } from '../../storage/shown-presence.ts';
import type { EncodedPage } from '../services/helper.ts';

/** Characters of a page's frames. For a socket that does not read, the rest of a page and one more page are kept; with 256 of
 *  the longest messages that would be 8 MB each [P9]. */
export const PAGE_MAX_LETTERS = 128 * 1024;

/** Encodes a page of a user's log as frames; runs in the helper pool. A `message` frame has the message's id. A page that is too
 *  long ends early, after at least one event, and says that there is more. */
export const encodePage = (page: LogPage, userId: string, ids: Ids): EncodedPage => {
  const cursors: number[] = [];
  const frames: string[] = [];
  const sent: Record<number, { messageId: string; ack: string }> = {};
  let shown: Record<number, ShownPresence> | undefined;
  let letters = 0;
  const encoded = (cursor: number, more: boolean): EncodedPage => ({
    ...{ cursors, frames, sent, cursor, more },
    ...(shown !== undefined && { shown }),
  });
  for (const event of page.events) {
    const { cursor, at } = event;
    if (letters >= PAGE_MAX_LETTERS) return encoded(cursors.at(-1) ?? 0, true);
    if (event.type === 'message' && event.payload.sender_id === userId) {
      const { message_id: messageId, conversation_id: conversationId, seq } = event.payload;
      const ack = encodeSentAck({ messageId, conversationId, seq, sentAt: at, cursor }, ids.next());
      sent[frames.length] = { messageId, ack };
    }
    const presence = presenceShownBy(event);
    if (presence !== null) (shown ??= {})[frames.length] = presence;
    const frame = encodeEvent(event, event.type === 'message' ? event.payload.message_id : ids.next());
    letters += frame.length;
    cursors.push(cursor);
    frames.push(frame);
  }
  return encoded(page.cursor, page.more);
};
