import { encodeEvent } from '../protocol/encode.ts';
import type { Notice } from '../notifier/notice.ts';
import type { Host } from '../runtime/host.ts';
import { peerIn } from '../storage/pair.ts';
import type { LoggedEvent } from '../storage/logged-event.ts';
import { presenceShownBy } from '../storage/shown-presence.ts';
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
  if (write.type === 'setBlock') {
    const { userId, peerId } = write.input;
    const isTold = 'isSeen' in result && result.isSeen;
    if (users.length === 0) return null;
    return { users, ...(isTold && { introduced: [[userId, peerId]] }) };
  }
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
  // The connection that asked for a reaction gets an answer in place of the event.
  const insteadOf = write.type === 'setReaction' ? { requestId: write.input.requestId } : null;
  const deliver = ({ userId, event }: LoggedEvent): void => {
    const frame = encodeEvent(event, ids.next());
    const shown = presenceShownBy(event);
    const delivered = { type: 'deliver', userId, cursor: event.cursor, frame, ...insteadOf } as const;
    tell(edge, shown === null ? delivered : { ...delivered, shown });
  };
  if (write.type === 'appendMessage' && 'kind' in result && result.kind === 'appended') {
    const { senderId } = write.input;
    const isBefore = ({ userId, event }: LoggedEvent): boolean =>
      event.cursor < (userId === senderId ? result.senderCursor : result.recipientCursor);
    events.filter(isBefore).forEach(deliver);
    announceMessage(write.input, result, tell);
    events.filter((each) => !isBefore(each)).forEach(deliver);
    return;
  }
  events.forEach(deliver);
  if (write.type === 'setBlock' && 'isSeen' in result && result.isSeen) {
    const { userId, peerId } = write.input;
    tell(edge, { type: 'introduce', userId, peerId });
  }
};

/** The text travels with the message, although the sender's connection has it still: whoever else sent the same id at the same
 *  time, this is the text that was stored. */
const announceMessage = (
  { messageId, pair, senderId, content }: Append,
  appended: Appended,
  tell: Host['tell'],
): void => {
  const recipientId = peerIn(pair, senderId);
  const { conversationId, seq, sentAt, senderName, senderCursor, recipientCursor, replyTo, attachments } =
    appended;
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
      ...(replyTo !== undefined && { replyTo: { message_id: replyTo.id, seq: replyTo.seq } }),
      ...(attachments !== undefined && { attachments }),
    });
  }
  // Also for a repeat: a writer that died right after the commit told nobody, and presence is in no log.
  if (appended.first === true) tell(edge, { type: 'introduce', userId: senderId, peerId: recipientId });
};
