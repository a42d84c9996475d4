import { encodeEvent } from '../protocol/encode.ts';
import type { Notice } from '../notifier/notice.ts';
import type { Host } from '../runtime/host.ts';
import { peerIn } from '../storage/pair.ts';
import type { LoggedEvent } from '../storage/logged-event.ts';
import type { Appended, WriteMessage, WriteName, Writes } from '../storage/writes.ts';
import { edge } from './services/edge.ts';

type Append = Writes['appendMessage']['in'];

/** A write that was committed: its answer, and what it logged besides a message. */
interface Committed {
  readonly result: Writes[WriteName]['out'];
  readonly events: readonly LoggedEvent[];
}

/** What the other hosts have to hear of a committed write: whose logs it has made longer, and who may see whom from now on. A repeat
 *  is told again: the host that committed the message may have died before it told anybody. */
export const noticeOfCommit = (write: WriteMessage, { result, events }: Committed): Notice | null => {
  const users = events.map(({ userId, event }) => [userId, event.cursor] as const);
  if (write.type !== 'appendMessage' || !('kind' in result) || result.kind !== 'appended')
    return users.length === 0 ? null : { users };
  const { pair, senderId } = write.input;
  const recipientId = peerIn(pair, senderId);
  return {
    users: [...users, [senderId, result.senderCursor], [recipientId, result.recipientCursor]],
    ...(result.first === true && { introduced: [[senderId, recipientId]] }),
  };
};

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
  const recipientId = peerIn(pair, senderId);
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
