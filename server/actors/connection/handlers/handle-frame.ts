import type { ClientFrame } from '../../../protocol/client-frames.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { ConnectionContext } from '../messages.ts';
import type { OpenConnection } from '../open-connection.ts';
import { frames, type FrameHandler } from './index.ts';

/** Carries out a frame, and says how long that took. A promise only where the store has to be asked. */
export const handleFrame = (
  up: ClientFrame,
  connection: OpenConnection,
  context: ConnectionContext,
): void | Promise<void> => {
  // One cast for the dispatch table: each handler takes its own member of the union.
  const handle = frames[up.type] as FrameHandler<typeof up>;
  const handled = handle(up, connection, context);
  if (!(handled instanceof Promise)) {
    observe(up, connection);
    return undefined;
  }
  return handled
    .catch((error: unknown) => {
      if (!(error instanceof ParleyError)) throw error;
      connection.refuse(error.code, error.message, up.id, context);
    })
    .then(() => {
      observe(up, connection);
    });
};

/** Not for what is answered later: a message or a reaction that the writer was asked to store, and a token that is being checked. */
const observe = ({ type, id }: ClientFrame, { deps, inFlight, arrivedAt }: OpenConnection): void => {
  if (type === 'auth' || type === 'reaction' || (type === 'message' && inFlight.has(id))) return;
  deps.onHandled?.(type, arrivedAt);
};
