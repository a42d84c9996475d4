import type { MessageLocation } from '../../../storage/reads.ts';
import type { Fault } from '../../../runtime/envelope.ts';
import { andThen } from '../../../runtime/maybe-promise.ts';
import { isHostCurrent, type OpenConnection } from '../open-connection.ts';
import type { ConnectionContext } from '../messages.ts';
import type { ClientFrameOf } from './frame.ts';
import { NOT_CURRENT } from './refusals.ts';

const FULL: Fault = {
  code: 'unavailable',
  detail: 'Too many receipts wait to be stored; try again.',
};

/** A receipt: everything in that conversation up to this message is delivered, or read. Has no answer. [R1] */
export const onAck = (
  frame: ClientFrameOf<'ack'>,
  connection: OpenConnection,
  context: ConnectionContext,
): void | Promise<void> =>
  andThen(
    connection.deps.locations.message(connection.identity.userId, frame.payload.message_id),
    (place) => {
      mark(frame, place, connection, context);
    },
  );

const mark = (
  { id, payload }: ClientFrameOf<'ack'>,
  place: MessageLocation | null,
  connection: OpenConnection,
  context: ConnectionContext,
): void => {
  if (connection.isClosed) return;
  if (!isHostCurrent(connection.deps)) {
    connection.refuse(NOT_CURRENT.code, NOT_CURRENT.detail, id, context);
    return;
  }
  const { userId } = connection.identity;
  if (place === null) {
    connection.refuse('not_found', 'There is no such message.', id, context);
    return;
  }
  if (place.senderId === userId) {
    connection.refuse(
      'bad_request',
      'payload.message_id: one does not acknowledge one’s own message',
      id,
      context,
    );
    return;
  }
  const { conversationId, pair, seq } = place;
  const { receipts, tracer } = connection.deps;
  if (tracer?.isFollowing === true) tracer.receipt(userId, conversationId, seq, connection.arrivedAt);
  if (!receipts.add({ conversationId, pair, userId, seq, status: payload.status }))
    connection.refuse(FULL.code, FULL.detail, id, context);
};
