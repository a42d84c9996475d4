import type { ConnectionMessage } from './messages.ts';
import type { Socket } from './socket.ts';

type Ephemeral = Extract<ConnectionMessage, { type: 'ephemeral' }>;

const PEOPLE_MAX = 256;

/** Frames without a cursor on their way to one socket. While the socket is full, only the newest presence of each user is kept:
 *  it is in no log, so it could not be sent later otherwise. Typing is dropped [P9]. */
export class ConflatingBuffer {
  /** Made with the first one that waits: most connections never need it. */
  #byPerson: Map<string, string> | undefined;

  offer({ frame, about }: Ephemeral, socket: Socket): void {
    if (!socket.congested) {
      if (about !== undefined) this.#byPerson?.delete(about);
      socket.send(frame);
    } else if (about !== undefined) {
      const waiting = (this.#byPerson ??= new Map<string, string>());
      if (waiting.has(about) || waiting.size < PEOPLE_MAX) waiting.set(about, frame);
    }
  }

  /** The socket has room again. */
  release(socket: Socket): void {
    const waiting = this.#byPerson;
    if (waiting === undefined) return;
    for (const [about, frame] of waiting) {
      if (socket.congested) return;
      waiting.delete(about);
      socket.send(frame);
    }
    this.#byPerson = undefined;
  }
}
