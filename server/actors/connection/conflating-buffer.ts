import { CLOSE } from '../../protocol/close-codes.ts';
import type { ConnectionContext, ConnectionMessage } from './messages.ts';
import { isHostCurrent, LOOK_AGAIN_MS, type OpenConnection } from './open-connection.ts';

type Ephemeral = Extract<ConnectionMessage, { type: 'ephemeral' }>;
type Told = Pick<OpenConnection, 'socket' | 'close'> & {
  readonly deps: Pick<OpenConnection['deps'], 'isCurrent'>;
};

export const PEOPLE_MAX = 256;

/** Frames without a cursor on their way to one socket. While the socket is full, or this host has to compare first [H5], only the newest
 *  presence of each user is kept: it is in no log, so it could not be sent later otherwise. Typing is dropped. A connection for which more
 *  would have to be kept is closed: the next one reads everything anew [P9]. */
export class ConflatingBuffer {
  /** Made with the first one that waits: most connections never need it. */
  #byPerson: Map<string, string> | undefined;
  /** A look is due whether what waits may go. */
  #isLooking = false;

  offer({ frame, about }: Ephemeral, connection: Told, context: ConnectionContext): void {
    const { socket, deps } = connection;
    const mayTell = isHostCurrent(deps);
    if (mayTell && !socket.congested) {
      if (about !== undefined) this.#byPerson?.delete(about);
      socket.send(frame);
    } else if (about !== undefined) {
      const waiting = (this.#byPerson ??= new Map<string, string>());
      if (waiting.has(about) || waiting.size < PEOPLE_MAX) waiting.set(about, frame);
      else connection.close(CLOSE.overloaded, 'too much presence to tell', context);
      if (!mayTell) this.#lookLater(context);
    }
  }

  /** What waits goes, as far as the socket has room again. */
  release({ socket, deps }: Told, context: ConnectionContext): void {
    const waiting = this.#byPerson;
    if (waiting === undefined) return;
    if (!isHostCurrent(deps)) {
      this.#lookLater(context);
      return;
    }
    for (const [about, frame] of waiting) {
      if (socket.congested) return;
      waiting.delete(about);
      socket.send(frame);
    }
    this.#byPerson = undefined;
  }

  /** The look is due. */
  look(connection: Told, context: ConnectionContext): void {
    this.#isLooking = false;
    this.release(connection, context);
  }

  #lookLater(context: ConnectionContext): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    context.schedule(LOOK_AGAIN_MS, { type: 'look' });
  }
}
