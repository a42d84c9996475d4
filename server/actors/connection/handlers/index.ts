import type { ClientFrameType } from '../../../protocol/client-frames.ts';
import type { OpenConnection } from '../open-connection.ts';
import type { ConnectionContext } from '../messages.ts';
import { onAck } from './ack.ts';
import { onAuth } from './auth.ts';
import type { ClientFrameOf } from './frame.ts';
import { onMessage } from './message.ts';
import { onPresence } from './presence.ts';
import { onReaction } from './reaction.ts';
import { onSync } from './sync.ts';
import { onTyping } from './typing.ts';

/** A promise only where the store has to be asked. If it rejects with a ParleyError, the frame is refused with that. */
export type FrameHandler<Frame> = (
  frame: Frame,
  connection: OpenConnection,
  context: ConnectionContext,
) => void | Promise<void>;

/** One handler for each client frame; the compiler names a type that has none. */
export const frames: { readonly [T in ClientFrameType]: FrameHandler<ClientFrameOf<T>> } = {
  message: onMessage,
  ack: onAck,
  reaction: onReaction,
  presence: onPresence,
  typing: onTyping,
  sync: onSync,
  auth: onAuth,
  ping: (_frame, connection, context) => {
    connection.send('pong', {}, context);
  },
  // Any frame counts as a sign of life, so a pong needs no handling.
  pong: () => undefined,
};
