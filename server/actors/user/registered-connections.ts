import type { WriteMessage } from '../../storage/writes.ts';
import type { ConnectionInfo } from './messages.ts';

export type ConnectionWrite = Extract<
  WriteMessage,
  { type: 'openConnection' | 'closeConnections' | 'showConnection' }
>;

interface StoredConnection {
  readonly socketId: string;
  /** Null where that is not known. */
  readonly visible: boolean | null;
}

const NONE: readonly StoredConnection[] = [];

/** The open connections of one user at this host, and which of them the store has. What differs is written, one write after the other,
 *  until nothing differs: the newest state wins, and a write that failed is made again. */
export class RegisteredConnections {
  readonly #userId: string;
  /** Few: arrays take less than maps, and everybody has them. */
  open: readonly ConnectionInfo[] = [];
  /** What the store has. */
  #stored: readonly StoredConnection[] = NONE;
  /** The store may have connections that are not open. */
  #isAhead = false;

  constructor(userId: string) {
    this.#userId = userId;
  }

  add(connection: ConnectionInfo): void {
    this.open = this.open.filter(({ socketId }) => socketId !== connection.socketId).concat(connection);
  }

  /** Returns whether it was open. */
  remove(socketId: string): boolean {
    const others = this.open.filter((each) => each.socketId !== socketId);
    if (others.length === this.open.length) return false;
    this.open = others;
    this.#isAhead ||= this.#inStore(socketId) !== undefined;
    return true;
  }

  /** Nothing is known of the store any more. */
  replace(connections: readonly ConnectionInfo[]): void {
    this.open = connections;
    this.#stored = NONE;
    this.#isAhead = true;
  }

  /** The next write; undefined if the store has what is open. Openings come before closings, so that whoever is replaced by another
   *  connection was never gone. */
  next(hostId: string, tellAnyway: boolean): ConnectionWrite | undefined {
    const userId = this.#userId;
    for (const { socketId, sessionId, ipAddress, visible } of this.open) {
      if (this.#inStore(socketId) !== undefined) continue;
      const input = { hostId, userId, socketId, sessionId, ipAddress, visible, tellAnyway };
      return { type: 'openConnection', input };
    }
    for (const { socketId, visible } of this.open) {
      if (this.#inStore(socketId)?.visible === visible) continue;
      return { type: 'showConnection', input: { userId, socketId, visible, tellAnyway } };
    }
    if (!this.#isAhead) return undefined;
    const keep = this.open.map(({ socketId }) => socketId);
    return { type: 'closeConnections', input: { hostId, userId, keep, tellAnyway } };
  }

  /** Meanwhile connections may have come and gone. */
  written(write: ConnectionWrite): void {
    switch (write.type) {
      case 'openConnection':
      case 'showConnection':
        this.#store(write.input.socketId, write.input.visible);
        this.#isAhead ||= this.open.every(({ socketId }) => socketId !== write.input.socketId);
        break;
      case 'closeConnections':
        this.#stored = this.#stored.filter(({ socketId }) => write.input.keep.includes(socketId));
        this.#isAhead = this.#stored.some((stored) =>
          this.open.every(({ socketId }) => socketId !== stored.socketId),
        );
        if (this.open.length === 0) this.#stored = NONE;
    }
  }

  /** It may be stored nevertheless. */
  failed(write: ConnectionWrite): void {
    // What is known of the store may be newer than the write, and not hold the connection: it is opened again then.
    if (write.type === 'showConnection' && this.#inStore(write.input.socketId) !== undefined)
      this.#store(write.input.socketId, null);
    // To be opened again; if it is closed by then, whatever is there is removed.
    if (write.type === 'openConnection') this.#isAhead = true;
  }

  #store(socketId: string, visible: boolean | null): void {
    const others = this.#stored.filter((stored) => stored.socketId !== socketId);
    this.#stored = others.concat({ socketId, visible });
  }

  #inStore(socketId: string): StoredConnection | undefined {
    return this.#stored.find((stored) => stored.socketId === socketId);
  }
}
