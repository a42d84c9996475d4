import type { OpenSession, SessionContext } from '../session-deps.ts';
import type { Frame } from './frame.ts';

/** `offline`: this connection appears offline. Past the person's rate it is refused aloud: nobody must believe
 *  themselves unseen who is not. [R4] */
export const onPresence = (
  { id, payload }: Frame<'presence'>,
  session: OpenSession,
  context: SessionContext,
): void => {
  if (session.deps.maySignal?.(session.identity.userId) === false) {
    session.refuse('too_many_requests', 'Presence changes too often; try again in a moment.', id, context);
    return;
  }
  session.visible = payload.status === 'online';
  session.deps.onVisible(session.identity.userId, {
    socketId: session.socket.id,
    visible: payload.status === 'online',
  });
};
