import { encodeEvent } from '../protocol/encode.ts';
import type { Host } from '../runtime/host.ts';
import type { LoggedEvent } from '../storage/logged-event.ts';
import type { Appended, WriteMessage, WriteName, Writes } from '../storage/writes.ts';
import { edge } from './services/edge.ts';

type Append = Writes['appendMessage']['in'];

/** A write that was committed: its answer, and what it logged besides a message. */
interface Committed {
  readonly result: Writes[WriteName]['out'];
  readonly events: readonly LoggedEvent[];
}

/** Tells the edge what a committed write put into people's logs. The writer's thread alone does so, for each write in the order of
 *  commits: the edge hears of every event once, and the cursors of each log in ascending order. [P4] */
export const announce = (
  write: WriteMessage,
  { result, events }: Committed,
  { tell, ids }: Pick<Host, 'tell' | 'ids'>,
): void => {
  for (const { userId, event } of events) {
    tell(edge, { type: 'deliver', userId, cursor: event.cursor, frame: encodeEvent(event, ids.next()) });
  }
  if (write.type === 'appendMessage' && 'kind' in result && result.kind === 'appended')
    announceMessage(write.input, result, tell);
};

/** The text travels with the message, although the sender's connection has it still: whoever else sent the same id at the same
 *  time, this is the text that was stored. */
const announceMessage = (
  { messageId, pair, senderId, content }: Append,
  appended: Appended,
  tell: Host['tell'],
): void => {
  const recipientId = senderId === pair.first ? pair.second : pair.first;
  const { conversationId, seq, sentAt, senderName, senderCursor, recipientCursor } = appended;
  if (!appended.duplicate) {
    tell(edge, {
      type: 'message',
      messageId,
      conversationId,
      seq,
      senderId,
      senderName,
      recipientId,
      content,
      sentAt,
      senderCursor,
      recipientCursor,
    });
  }
  // Also for a repeat: a writer that died right after the commit told nobody, and presence is in no log.
  if (appended.first === true) tell(edge, { type: 'introduce', userId: senderId, peerId: recipientId });
};
