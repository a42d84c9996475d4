import type { OpenSession } from '../session-parts.ts';
import type { Frame } from './frame.ts';

/** `offline`: this connection appears offline. */
export const onPresence = ({ payload }: Frame<'presence'>, session: OpenSession): void => {
  session.parts.onVisible(session.identity.userId, {
    socketId: session.socket.id,
    visible: payload.status === 'online',
  });
};
