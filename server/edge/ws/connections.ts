import { user, type Connection, type EdgeMessage, type SessionMessage } from '../../actors/refs.ts';
import { encodeFrame, encodeMessageHead, recipientFrame, senderFrame } from '../../protocol/encode.ts';
import { CLOSE, type CloseCode } from '../../protocol/errors.ts';
import { PRESENCE_GRACE_MS, SOCKETS_PER_USER } from '../../protocol/limits.ts';
import type { Ref, ThreadName } from '../../runtime/address.ts';
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Host } from '../../runtime/host.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { LocationCache } from './location-cache.ts';

const SECOND_LOOK_MS = 1_000;

export interface Live extends Connection {
  readonly userId: string;
  readonly ipKey: string;
  readonly session: Ref<SessionMessage>;
}

/** Everybody's open sockets, on the edge thread: the truth from which presence is built, and the place where
 *  one envelope becomes frames for all connections of a person. */
export class Connections {
  readonly #byUser = new Map<string, Live[]>();
  readonly #perIp = new Map<string, number>();
  /** People whose last socket has gone lately: their user actor may not have heard of it when its thread dies. */
  readonly #gone = new Map<string, number>();
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #locations: LocationCache;
  #size = 0;
  #secondLook: Timer | undefined;

  constructor(host: Host, clock: Clock, ids: Ids, places: LocationCache) {
    this.#host = host;
    this.#clock = clock;
    this.#ids = ids;
    this.#locations = places;
    host.serve('edge', (message: EdgeMessage) => {
      this.#receive(message);
    });
  }

  get size(): number {
    return this.#size;
  }

  fromIp(ipKey: string): number {
    return this.#perIp.get(ipKey) ?? 0;
  }

  /** The sessions of a person that have an open socket. */
  sessionsOf(userId: string): ReadonlySet<string> {
    return new Set(this.#byUser.get(userId)?.map(({ sessionId }) => sessionId));
  }

  /** A person's eleventh socket makes the oldest give way. */
  opened(live: Live): void {
    const mine = this.#byUser.get(live.userId) ?? [];
    // An array of its own size: most people have one socket, and room for more would be kept for everybody.
    this.#byUser.set(live.userId, mine.concat(live));
    const oldest = mine[0];
    if (oldest !== undefined && mine.length >= SOCKETS_PER_USER) {
      this.#close(oldest, CLOSE.sessionRevoked, 'too many connections', true);
    }
    this.#size += 1;
    this.#perIp.set(live.ipKey, this.fromIp(live.ipKey) + 1);
    const { socketId, sessionId, ipAddress, visible } = live;
    this.#host.tell(user(live.userId), {
      type: 'connected',
      connection: { socketId, sessionId, ipAddress, visible },
    });
  }

  closed(live: Live): void {
    const mine = this.#byUser.get(live.userId);
    const at = mine?.findIndex((each) => each.socketId === live.socketId) ?? -1;
    if (mine === undefined || at < 0) return;
    // A fresh array: a session may close while all of its person's are being told something, and none may be passed over.
    const others = mine.filter((_, i) => i !== at);
    this.#byUser.set(live.userId, others);
    this.#size -= 1;
    const fromIp = this.fromIp(live.ipKey) - 1;
    if (fromIp > 0) this.#perIp.set(live.ipKey, fromIp);
    else this.#perIp.delete(live.ipKey);
    if (others.length === 0) {
      this.#byUser.delete(live.userId);
      this.#rememberGone(live.userId);
    }
    this.#host.tell(user(live.userId), { type: 'disconnected', socketId: live.socketId });
  }

  setVisible(userId: string, { socketId, visible }: Pick<Connection, 'socketId' | 'visible'>): void {
    const mine = this.#byUser.get(userId) ?? [];
    const at = mine.findIndex((each) => each.socketId === socketId);
    const live = mine[at];
    if (live === undefined || live.visible === visible) return;
    mine[at] = { ...live, visible };
    const { sessionId, ipAddress } = live;
    this.#host.tell(user(userId), {
      type: 'connected',
      connection: { socketId, sessionId, ipAddress, visible },
    });
  }

  closeAll(code: CloseCode, reason: string): void {
    for (const mine of this.#byUser.values())
      for (const live of [...mine]) this.#close(live, code, reason, false);
  }

  /** A thread has been replaced: its people are told anew who is here, and everybody's number is compared with the
   *  log, because what it had committed and not yet told is in no mailbox any more. [P8] */
  threadRestarted(thread: ThreadName, placeOf: (address: `${string}:${string}`) => ThreadName): void {
    const people = new Set([...this.#byUser.keys(), ...this.#gone.keys()]);
    for (const userId of people) {
      if (placeOf(user(userId).address) !== thread) continue;
      const connections = (this.#byUser.get(userId) ?? []).map(
        ({ socketId, sessionId, ipAddress, visible }) => ({
          socketId,
          sessionId,
          ipAddress,
          visible,
        }),
      );
      this.#host.tell(user(userId), { type: 'roster', connections });
    }
    this.#verifyAll();
    // What lay with the writer when the thread died is committed in the dark, on a slow disk after the first look.
    this.#secondLook?.cancel();
    this.#secondLook = this.#clock.after(SECOND_LOOK_MS, () => {
      this.#verifyAll();
    });
  }

  #verifyAll(): void {
    for (const mine of this.#byUser.values()) {
      for (const live of mine) this.#host.tell(live.session, { type: 'verify' });
    }
  }

  #receive(message: EdgeMessage): void {
    switch (message.type) {
      case 'posted': {
        const { recipientId, recipientCursor, senderId, senderCursor, except } = message;
        this.#locations.remember(message);
        const head = encodeMessageHead(message);
        if (this.#byUser.has(recipientId)) {
          this.#event(recipientId, recipientCursor, recipientFrame(head, recipientCursor));
        }
        // The sending connection has its ack in this place of the stream.
        if ((this.#byUser.get(senderId)?.length ?? 0) > 0) {
          this.#event(senderId, senderCursor, senderFrame(head, senderCursor), except);
        }
        break;
      }
      case 'deliver':
        this.#event(message.userId, message.cursor, message.frame, message.except);
        break;
      case 'typing': {
        const { conversationId, userId, peerId, typing } = message;
        if (!this.#byUser.has(peerId)) break;
        const payload = { conversation_id: conversationId, user_id: userId, typing };
        this.#ephemeral(peerId, encodeFrame('typing', payload, this.#ids.next(), this.#clock.now()));
        break;
      }
      case 'ephemeral':
        for (const userId of message.userIds) this.#ephemeral(userId, message.frame, message.about);
        break;
      case 'revoke':
        for (const live of [...(this.#byUser.get(message.userId) ?? [])]) {
          if (message.sessionIds.includes(live.sessionId))
            this.#close(live, message.code, message.reason, true);
        }
        break;
      default:
        message satisfies never;
    }
  }

  #event(userId: string, cursor: number, frame: string, except?: string): void {
    for (const { socketId, session } of this.#byUser.get(userId) ?? []) {
      if (socketId !== except) this.#host.tell(session, { type: 'event', cursor, frame });
    }
  }

  #ephemeral(userId: string, frame: string, about?: string): void {
    for (const { session } of this.#byUser.get(userId) ?? []) {
      this.#host.tell(session, { type: 'ephemeral', frame, about });
    }
  }

  #close(live: Live, code: CloseCode, reason: string, revoked: boolean): void {
    this.#host.tell(live.session, { type: 'close', code, reason, revoked });
  }

  #rememberGone(userId: string): void {
    const now = this.#clock.monotonic();
    for (const [id, at] of this.#gone) {
      if (now - at < 2 * PRESENCE_GRACE_MS) break;
      this.#gone.delete(id);
    }
    this.#gone.delete(userId);
    this.#gone.set(userId, now);
  }
}
