import { conversation } from '../../conversation/messages.ts';
import type { Pair } from '../../../storage/pair.ts';
import { andThen, type MaybePromise } from '../../../runtime/maybe-promise.ts';
import { isHostCurrent, type OpenConnection } from '../open-connection.ts';
import type { ConnectionContext } from '../messages.ts';
import type { ClientFrameOf } from './frame.ts';

/** Tells the peer if they are connected; never stored. Above the user's rate nobody is told [R4], nor between two of whom one blocks the
 *  other [B4]. */
export const onTyping = (
  frame: ClientFrameOf<'typing'>,
  connection: OpenConnection,
  context: ConnectionContext,
): void | Promise<void> =>
  andThen(connection.deps.locations.pair(connection.identity.userId, frame.payload.conversation_id), (pair) =>
    tellPeer(frame, pair, connection, context),
  );

const tellPeer = (
  { id, payload }: ClientFrameOf<'typing'>,
  pair: Pair | null,
  connection: OpenConnection,
  context: ConnectionContext,
): MaybePromise<void> => {
  if (connection.isClosed) return undefined;
  const { userId } = connection.identity;
  if (pair === null) {
    connection.refuse('not_found', 'There is no such conversation.', id, context);
    return undefined;
  }
  // It would reveal an invisible user.
  if (!connection.visible) return undefined;
  if (connection.deps.maySignal?.(userId) === false) return undefined;
  const { conversation_id: conversationId, typing } = payload;
  return andThen(connection.deps.hasBlock?.(conversationId) ?? false, (isBlocked) => {
    if (isBlocked || connection.isClosed || !isHostCurrent(connection.deps)) return;
    context.tell(conversation(pair), { type: 'typing', userId, conversationId, typing });
  });
};
