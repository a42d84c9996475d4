import type { MessageLocation } from '../../../storage/reads.ts';
import { andThen } from '../../../runtime/maybe-promise.ts';
import { isHostCurrent, type OpenConnection } from '../open-connection.ts';
import type { ConnectionContext } from '../messages.ts';
import type { ClientFrameOf } from './frame.ts';
import { NOT_CURRENT } from './refusals.ts';

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
  const receipt = {
    type: 'mark',
    readerId: userId,
    conversationId: place.conversationId,
    seq: place.seq,
    status: payload.status,
  } as const;
  const { tracer } = connection.deps;
  if (tracer?.isFollowing === true)
    tracer.receipt(userId, place.conversationId, place.seq, connection.arrivedAt);
  const said = { pair: place.pair, receipt };
  connection.unconfirmed.note(said);
  connection.deps.receipts.add(said);
};
