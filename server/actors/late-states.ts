import type { SessionMessage } from './refs.ts';
import type { Socket } from './session-parts.ts';

type Ephemeral = Extract<SessionMessage, { type: 'ephemeral' }>;

const PEOPLE_MAX = 256;

/** Frames without a number on their way to one socket. While it is full, what tells a person's state waits, the newest of each
 *  person: it is in no log, so nothing else would ever bring it. What tells a moment (typing) is dropped. [P9] */
export class LateStates {
  readonly #byPerson = new Map<string, string>();

  offer({ frame, about }: Ephemeral, socket: Socket): void {
    if (!socket.congested) {
      if (about !== undefined) this.#byPerson.delete(about);
      socket.send(frame);
    } else if (about !== undefined && (this.#byPerson.has(about) || this.#byPerson.size < PEOPLE_MAX)) {
      this.#byPerson.set(about, frame);
    }
  }

  /** The socket has room again. */
  release(socket: Socket): void {
    for (const [about, frame] of this.#byPerson) {
      if (socket.congested) return;
      this.#byPerson.delete(about);
      socket.send(frame);
    }
  }
}
