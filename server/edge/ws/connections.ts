import type { ConnectionDeps } from '../../actors/connection/open-connection.ts';
import { user, type ConnectionInfo, type Roster } from '../../actors/user/messages.ts';
import type { EdgeMessage } from '../../actors/services/edge.ts';
import type { BrokerState } from '../../notifier/host-notices.ts';
import { encodeFrame } from '../../protocol/encode.ts';
import { encodeMessageHead, recipientFrame, senderFrame } from '../../protocol/messages/message.ts';
import { CLOSE, type CloseCode } from '../../protocol/close-codes.ts';
import { PRESENCE_GRACE_MS, SOCKETS_PER_USER } from '../../protocol/limits.ts';
import type { ThreadName } from '../../runtime/address.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Host } from '../../runtime/host.ts';
import type { MessageTracer } from '../../actors/tracing/message-tracer.ts';
import type { Ids } from '../../runtime/ids.ts';
import { RecentMap } from '../../runtime/recent-map.ts';
import type { ShownPresence } from '../../storage/shown-presence.ts';
import { HostRegistration } from './host-registration.ts';
import type { LocationCache } from './location-cache.ts';
import { infoOf, type OpenSocket } from './open-socket.ts';
import { OtherHosts } from './other-hosts.ts';
import { presenceHere } from './presence-here.ts';
import type { PresenceTeller } from './presence-teller.ts';
import { RosterSender } from './roster-sender.ts';
import { Verification } from './verification.ts';

const DRAIN_STEP_MS = 50;
/** Sessions that ended lately, which this process remembers. */
const ENDED_SESSIONS = 10_000;

export interface ConnectionsDeps {
  readonly host: Host;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly locations: LocationCache;
  /** See `HostRegistration`. */
  readonly hostName: string;
  /** Whether other hosts may use the same store. */
  readonly isShared: boolean;
  readonly tracer?: MessageTracer;
  /** Hears of each message that this host has stored, after it was told to all connections. */
  readonly onStored?: ((message: Extract<EdgeMessage, { type: 'message' }>) => void) | undefined;
}

/** All open sockets, on the edge thread. Presence is derived from this list, and events for a user are distributed to all
 *  connections of the user here. */
export class Connections {
  readonly #byUser = new Map<string, OpenSocket[]>();
  readonly #perIp = new Map<string, number>();
  /** People whose last socket has gone lately: their user actor may not have heard of it when its thread dies. */
  readonly #gone = new Map<string, number>();
  readonly #ended = new RecentMap<string, true>(ENDED_SESSIONS);
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #locations: LocationCache;
  readonly #registration: HostRegistration;
  readonly #others: OtherHosts | null;
  readonly #presence: PresenceTeller;
  readonly #tracer: MessageTracer | undefined;
  readonly #verification: Verification;
  readonly rosters: RosterSender;
  #size = 0;

  constructor({ host, clock, ids, locations, hostName, isShared, tracer, onStored }: ConnectionsDeps) {
    this.#tracer = tracer;
    this.#host = host;
    this.#clock = clock;
    this.#ids = ids;
    this.#locations = locations;
    this.#verification = new Verification(host, clock, () => this.all());
    this.rosters = new RosterSender(host, clock, (userId) => this.#rosterOf(userId));
    this.#presence = presenceHere(host, this, () => this.#whoseToRead());
    const others = isShared ? new OtherHosts(host, clock, this, this.#presence) : null;
    this.#others = others;
    this.#registration = new HostRegistration(
      { host, clock, ids, name: hostName },
      {
        onRegistered: () => {
          this.rosters.send(this.#people());
        },
        onReturned: async () => {
          await others?.reconcile();
        },
        onBeat: (id, otherIds) => others?.list(id, otherIds),
      },
    );
    host.serve('edge', (message: EdgeMessage) => {
      others?.receive(message);
      this.apply(message);
      // Others hear of it from the log: no other host sends a push for it.
      if (message.type === 'message') onStored?.(message);
    });
  }

  /** Registers this host in the store, and keeps it there. */
  start(): void {
    this.#registration.beat();
    this.#others?.start();
  }

  stop(): void {
    this.#registration.stop();
    this.#presence.stop();
    this.#others?.stop();
  }

  /** The id of this host in the store. */
  get hostId(): string {
    return this.#registration.id;
  }

  /** Whether this host hears the others; null if there can be none. */
  get broker(): BrokerState | null {
    return this.#others?.broker ?? null;
  }

  /** Whether what this host knows can be relied on. If it was silent for so long that the others may have given it up, sessions may have
   *  ended that are still open here. */
  get isCurrent(): boolean {
    return this.#others === null || this.#registration.isCurrent;
  }

  /** See `ReadinessChecks.host`. */
  get standing(): 'ok' | 'comparing' | null {
    if (this.#others === null) return null;
    return this.isCurrent ? 'ok' : 'comparing';
  }

  /** See `ConnectionDeps`. */
  get readTogether(): ConnectionDeps['readTogether'] {
    return this.#others?.logReached.bind(this.#others);
  }

  /** The open connections of a user. */
  of(userId: string): readonly OpenSocket[] {
    return this.#byUser.get(userId) ?? [];
  }

  all(): readonly OpenSocket[] {
    return [...this.#byUser.values()].flat();
  }

  get size(): number {
    return this.#size;
  }

  /** See `ConnectionDeps`. */
  readonly shown = (viewerId: string, shown: ShownPresence): void => {
    this.#presence.shown(shown, viewerId);
  };

  fromIp(ipKey: string): number {
    return this.#perIp.get(ipKey) ?? 0;
  }

  /** Whether this process knows that a session has ended. It knows the last of them, and none from before its start: false says
   *  nothing, and the store is asked [P6]. */
  hasEnded(sessionId: string): boolean {
    return this.#ended.get(sessionId) === true;
  }

  /** The sessions of a person that have an open socket. */
  sessionsOf(userId: string): ReadonlySet<string> {
    return new Set(this.#byUser.get(userId)?.map(({ sessionId }) => sessionId));
  }

  /** From now on the socket gets its user's events. */
  opened(live: OpenSocket): void {
    const mine = this.of(live.userId);
    // An array of its own size: most people have one socket, and room for more would be kept for everybody.
    this.#byUser.set(live.userId, mine.concat(live));
    this.#size += 1;
    this.#perIp.set(live.ipKey, this.fromIp(live.ipKey) + 1);
  }

  /** The socket's session exists: the user is present. A user's eleventh socket makes the oldest give way. */
  admitted(userId: string, socketId: string): void {
    const mine = this.of(userId);
    const live = mine.find((each) => each.socketId === socketId);
    if (live === undefined) return;
    live.admitted = true;
    const [oldest, ...others] = mine.filter((each) => each.admitted);
    if (oldest !== undefined && others.length >= SOCKETS_PER_USER)
      this.close(oldest, CLOSE.sessionRevoked, 'too many connections', true);
    this.#tellConnected(live);
  }

  closed(live: OpenSocket): void {
    const mine = this.#byUser.get(live.userId);
    const at = mine?.findIndex((each) => each.socketId === live.socketId) ?? -1;
    if (mine === undefined || at < 0) return;
    // A new array: a connection may close while all connections of its user are being notified, and none may be skipped.
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

  setVisible(userId: string, { socketId, visible }: Pick<ConnectionInfo, 'socketId' | 'visible'>): void {
    const mine = this.#byUser.get(userId) ?? [];
    const at = mine.findIndex((each) => each.socketId === socketId);
    const live = mine[at];
    if (live === undefined || live.visible === visible) return;
    mine[at] = { ...live, visible };
    this.#tellConnected({ ...live, visible });
  }

  #tellConnected(live: OpenSocket): void {
    const connection = infoOf(live);
    this.#host.tell(user(live.userId), { type: 'connected', hostId: this.#registration.id, connection });
  }

  /** Tells all connections to go elsewhere, some at a time, so that those hosts are not stormed. */
  async drain(overMs: number): Promise<void> {
    const steps = Math.floor(overMs / DRAIN_STEP_MS);
    const live = this.all();
    for (let step = 0; step < steps; step += 1) {
      const part = live.slice((step * live.length) / steps, ((step + 1) * live.length) / steps);
      for (const each of part) this.close(each, CLOSE.shutdown, 'the server stops', false);
      await new Promise<void>((resolve) => this.#clock.after(DRAIN_STEP_MS, resolve));
    }
  }

  closeAll(code: CloseCode, reason: string): void {
    for (const live of this.all()) this.close(live, code, reason, false);
  }

  /** A thread has been replaced: the user actors on it get their connections again, and every connection compares its cursor
   *  with the log, because commits that the lost thread had not announced are in no mailbox [P8]. */
  threadRestarted(thread: ThreadName, placeOf: (address: `${string}:${string}`) => ThreadName): void {
    this.rosters.send(this.#people().filter((userId) => placeOf(user(userId).address) === thread));
    // A writer that keeps connections in memory has forgotten them.
    if (thread === 'writer') this.#registration.beat();
    this.#verification.beginTwice();
  }

  /** See `PresenceTellerDeps.onIncomplete`. Alone, this host changes the presence of its own users only. */
  #whoseToRead(): readonly string[] {
    if (this.#others === null) return this.#people();
    void this.#others.reconcile();
    return [];
  }

  /** Everybody who is connected here, or was lately. */
  #people(): readonly string[] {
    return [...this.#byUser.keys(), ...this.#gone.keys()];
  }

  #rosterOf(userId: string): Roster {
    const admitted = this.of(userId).filter((live) => live.admitted);
    return { type: 'roster', hostId: this.#registration.id, connections: admitted.map(infoOf) };
  }

  #verify(userId: string): void {
    for (const { actor } of this.of(userId)) this.#host.tell(actor, { type: 'verify' });
  }

  /** Does what a message asks for with the connections of this host. */
  apply(message: EdgeMessage): void {
    switch (message.type) {
      case 'message':
        this.#message(message);
        break;
      case 'compare':
        if (message.userIds === 'all') this.#verification.begin();
        else for (const userId of message.userIds) this.#verify(userId);
        break;
      case 'introduce':
        this.#presence.seenAnew(message.userId, message.peerId);
        break;
      case 'deliver': {
        const { userId, cursor, frame, shown, requestId } = message;
        const event = { type: 'event', cursor, frame, ...(shown !== undefined && { shown }) } as const;
        for (const { actor, connection } of this.of(userId))
          if (requestId === undefined || !connection.reactions.has(requestId)) this.#host.tell(actor, event);
        break;
      }
      case 'typing': {
        const { conversationId, userId, peerId, typing } = message;
        if (!this.#byUser.has(peerId)) break;
        const payload = { conversation_id: conversationId, user_id: userId, typing };
        const frame = encodeFrame('typing', payload, this.#ids.next(), this.#clock.now());
        for (const { actor } of this.of(peerId)) this.#host.tell(actor, { type: 'ephemeral', frame });
        break;
      }
      case 'evict':
        for (const { socketId } of message.connections) {
          const live = this.#byUser.get(message.userId)?.find((each) => each.socketId === socketId);
          if (live !== undefined) this.close(live, CLOSE.sessionRevoked, 'too many connections', true);
        }
        break;
      case 'revoke':
        for (const sessionId of message.sessionIds) this.#ended.set(sessionId, true);
        for (const live of [...this.of(message.userId)]) {
          if (message.sessionIds.includes(live.sessionId))
            this.close(live, message.code, message.reason, true);
        }
        break;
      case 'presence':
        this.#presence.changed([message.userId]);
        break;
      case 'notice':
      case 'reconcile':
      case 'broker':
        // Of other hosts: see `OtherHosts`.
        break;
      default:
        message satisfies never;
    }
  }

  #message(message: Extract<EdgeMessage, { type: 'message' }>): void {
    const { messageId, recipientId, recipientCursor, senderId, senderCursor } = message;
    this.#locations.remember(message);
    const theirs = this.of(recipientId);
    if (this.#tracer?.followed === messageId) this.#tracer.announced(message, theirs.length);
    // A connection that is sending this message itself gets no copy: its ack takes that place, and comes with the writer's answer.
    const own = this.of(senderId).filter(({ connection }) => !connection.inFlight.has(messageId));
    if (theirs.length + own.length === 0) return;
    const head = encodeMessageHead(message);
    const received = recipientFrame(head, recipientCursor);
    for (const { actor } of theirs)
      this.#host.tell(actor, { type: 'event', cursor: recipientCursor, frame: received });
    const sent = senderFrame(head, senderCursor);
    for (const { actor } of own) this.#host.tell(actor, { type: 'event', cursor: senderCursor, frame: sent });
  }

  /** Closes a socket in this turn, however long its connection waits for the store [P6]. */
  close(live: OpenSocket, code: CloseCode, reason: string, revoked: boolean): void {
    live.connection.closeNow(code, reason, revoked);
    this.#host.tell(live.actor, { type: 'close', code, reason, revoked });
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
