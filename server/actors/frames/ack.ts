import { conversation } from '../refs.ts';
import type { OpenSession, SessionContext } from '../session-deps.ts';
import type { Frame } from './frame.ts';

/** A receipt: everything in that conversation up to this message is delivered, or read. Has no answer. [R1] */
export const onAck = ({ id, payload }: Frame<'ack'>, session: OpenSession, context: SessionContext): void => {
  const { userId } = session.identity;
  const place = session.deps.locations.message(userId, payload.message_id);
  if (place === null) {
    session.refuse('not_found', 'There is no such message.', id, context);
    return;
  }
  if (place.senderId === userId) {
    session.refuse(
      'bad_request',
      'payload.message_id: one does not acknowledge one’s own message',
      id,
      context,
    );
    return;
  }
  const mark = {
    type: 'mark',
    readerId: userId,
    conversationId: place.conversationId,
    seq: place.seq,
    status: payload.status,
  } as const;
  session.unconfirmed.note({ pair: place.pair, receipt: mark });
  context.tell(conversation(place.pair), mark);
};
