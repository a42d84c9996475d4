import type { ClientFrameType } from '../../protocol/up.ts';
import type { OpenSession, SessionContext } from '../session-deps.ts';
import { onAck } from './ack.ts';
import { onAuth } from './auth.ts';
import type { Frame } from './frame.ts';
import { onMessage } from './message.ts';
import { onPresence } from './presence.ts';
import { onSync } from './sync.ts';
import { onTyping } from './typing.ts';

/** One handler for each client frame; the compiler names a type that has none. */
export const frames: {
  readonly [T in ClientFrameType]: (frame: Frame<T>, session: OpenSession, context: SessionContext) => void;
} = {
  message: onMessage,
  ack: onAck,
  presence: onPresence,
  typing: onTyping,
  sync: onSync,
  auth: onAuth,
  ping: (_frame, session, context) => {
    session.send('pong', {}, context);
  },
  // Being heard is all a pong is for.
  pong: () => undefined,
};
