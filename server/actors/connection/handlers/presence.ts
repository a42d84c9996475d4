import type { OpenConnection } from '../open-connection.ts';
import type { ConnectionContext } from '../messages.ts';
import type { ClientFrameOf } from './frame.ts';

/** `offline`: this connection becomes invisible. Above the user's rate it is refused with an error, so that no user wrongly
 *  believes to be invisible [R4]. */
export const onPresence = (
  { id, payload }: ClientFrameOf<'presence'>,
  connection: OpenConnection,
  context: ConnectionContext,
): void => {
  if (connection.deps.maySignal?.(connection.identity.userId) === false) {
    connection.refuse('too_many_requests', 'Presence changes too often; try again in a moment.', id, context);
    return;
  }
  connection.visible = payload.status === 'online';
  connection.deps.onVisible(connection.identity.userId, {
    socketId: connection.socket.id,
    visible: payload.status === 'online',
  });
};
