import { encodeReactedAck, encodeSentAck } from '../../protocol/messages/ack.ts';
import type { CatchUp } from './catch-up.ts';
import type { ConnectionContext, ConnectionPrivate } from './messages.ts';
import { isHostCurrent, LOOK_AGAIN_MS, type OpenConnection } from './open-connection.ts';

/** A connection that the writer answers. */
type AskingConnection = Pick<OpenConnection, 'deps' | 'inFlight' | 'reactions' | 'socket'> & {
  readonly catchUp: Pick<CatchUp, 'cursor' | 'live' | 'expect'>;
};

/** What this connection has asked for was committed. A host that has to compare first tells it afterwards: whoever asked may have been
 *  signed out meanwhile [P6] [H5]. */
export const answered = (
  message: Extract<ConnectionPrivate, { type: 'posted' | 'reacted' }>,
  connection: AskingConnection,
  context: ConnectionContext,
): void => {
  if (!isHostCurrent(connection.deps)) context.schedule(LOOK_AGAIN_MS, message);
  else if (message.type === 'posted') posted(message, connection, context);
  else reacted(message, connection, context);
};

/** A message of this connection was committed. Its ack is sent at the position of the message's cursor in the stream. Only the
 *  answer to a repeat, whose cursor has passed, is sent immediately [D2] [D4]. */
const posted = (
  { messageId, outcome }: Extract<ConnectionPrivate, { type: 'posted' }>,
  { deps, inFlight, catchUp, socket }: AskingConnection,
  context: ConnectionContext,
): void => {
  const { senderCursor: cursor, conversationId, seq, sentAt, duplicate } = outcome;
  const frame = encodeSentAck({ messageId, conversationId, seq, sentAt, cursor }, context.ids.next());
  const isAhead = cursor > catchUp.cursor;
  if (duplicate) deps.tracer?.repeated(messageId);
  if (isAhead) inFlight.hold(messageId, { cursor, frame });
  else if (inFlight.ack(messageId) || duplicate) socket.send(frame);
  inFlight.settle(messageId);
  if (isAhead) catchUp.live({ cursor, frame, acks: messageId }, context);
};

/** A reaction of this connection was committed, or was so already. Like the ack of a message, its ack has a position in the stream. That of
 *  a new one is sent there instead of the event; the other one only after the event, which it does not stand for [M5] [M6]. */
const reacted = (
  { requestId, messageId, emoji, outcome }: Extract<ConnectionPrivate, { type: 'reacted' }>,
  connection: AskingConnection,
  context: ConnectionContext,
): void => {
  const { reactions, catchUp, socket } = connection;
  const { cursor, conversationId, seq, at, isNew } = outcome;
  const frame = encodeReactedAck({ messageId, conversationId, seq, emoji, at, cursor }, context.ids.next());
  settleReaction(requestId, connection);
  if (cursor <= catchUp.cursor) socket.send(frame);
  else {
    reactions.hold(cursor, frame, isNew);
    if (isNew) catchUp.live({ cursor, frame }, context);
    else catchUp.expect(cursor, context);
  }
};

/** The reaction that was asked for is committed or refused. */
export const settleReaction = (
  requestId: string,
  { deps, reactions }: Pick<OpenConnection, 'deps' | 'reactions'>,
): void => {
  const arrivedAt = reactions.settle(requestId);
  if (arrivedAt !== undefined) deps.onHandled?.('reaction', arrivedAt);
};
