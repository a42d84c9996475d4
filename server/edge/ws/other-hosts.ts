import { notices } from '../../actors/services/notices.ts';
import { storeAccess } from '../../actors/services/store-access.ts';
import type { EdgeMessage } from '../../actors/services/edge.ts';
import type { BrokerState } from '../../notifier/host-notices.ts';
import type { Notice } from '../../notifier/notice.ts';
import { CLOSE, type CloseCode } from '../../protocol/close-codes.ts';
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Host } from '../../runtime/host.ts';
import type { OpenSocket } from './open-socket.ts';
import { messagesOf, noticeOf } from './notice-translation.ts';
import { Reconciliation } from './reconciliation.ts';
import { RemoteLogs } from './remote-logs.ts';
import type { PresenceTeller } from './presence-teller.ts';

/** The connections of this host. */
interface LocalConnections {
  /** Does what a message asks for, here alone. */
  apply(message: EdgeMessage): void;
  of(userId: string): readonly OpenSocket[];
  all(): readonly OpenSocket[];
  close(live: OpenSocket, code: CloseCode, reason: string, revoked: boolean): void;
}

const SWEEP_EVERY_MS = 30_000;
const NONE: ReadonlySet<string> = new Set();

/** What the hosts on one database tell each other of the connections that each of them has. */
export class OtherHosts {
  readonly #host: Host;
  readonly #connections: LocalConnections;
  readonly #logs: RemoteLogs;
  readonly #presence: Pick<PresenceTeller, 'changed' | 'compare'>;
  readonly #reconciliation: Reconciliation;
  readonly #clock: Clock;
  #sweep: Timer | undefined;
  #broker: BrokerState = { state: 'down', hosts: 0 };

  constructor(
    host: Host,
    clock: Clock,
    connections: LocalConnections,
    presence: Pick<PresenceTeller, 'changed' | 'compare'>,
  ) {
    this.#host = host;
    this.#clock = clock;
    this.#connections = connections;
    const { read } = storeAccess(host);
    this.#logs = new RemoteLogs(host, (userId) => connections.of(userId));
    this.#presence = presence;
    this.#reconciliation = new Reconciliation({
      clock,
      read,
      open: () => connections.all(),
      onReached: this.#logs.reached.bind(this.#logs),
      onEnded: (live) => {
        connections.close(live, CLOSE.sessionRevoked, 'session ended', true);
      },
      comparePresence: presence.compare.bind(presence),
    });
  }

  /** See `RemoteLogs`. */
  logReached(userId: string, cursor: number): void {
    this.#logs.reached(userId, cursor);
  }

  get broker(): BrokerState {
    return this.#broker;
  }

  /** With each heartbeat of this host. */
  list(hostId: string, others: readonly string[]): void {
    this.#host.tell(notices, { type: 'hosts', hostId, others });
  }

  /** This host's edge was told something that the others have to hear, or that comes from them. Called before it is applied here. */
  receive(message: EdgeMessage): void {
    switch (message.type) {
      case 'notice':
        this.#hear(message.notice);
        return;
      case 'reconcile':
        void this.#reconciliation.request();
        return;
      case 'broker':
        this.#broker = message.broker;
        return;
      case 'compare':
        // What is not announced may be a block, and that is in no log of whoever is to be told of it.
        void this.#reconciliation.request();
        return;
      default:
    }
    const notice = noticeOf(message, message.type === 'evict' ? this.#socketsOf(message.userId) : NONE);
    if (notice !== null) this.#host.tell(notices, { type: 'publish', notice });
  }

  #socketsOf(userId: string): ReadonlySet<string> {
    return new Set(this.#connections.of(userId).map(({ socketId }) => socketId));
  }

  /** Resolves once everything that is connected here was compared with the store. */
  reconcile(): Promise<void> {
    return this.#reconciliation.request();
  }

  /** Compares now and then, also where nothing seems to be missed. */
  start(): void {
    this.#sweep = this.#clock.after(SWEEP_EVERY_MS, () => {
      void this.#reconciliation.request();
      this.start();
    });
  }

  stop(): void {
    this.#sweep?.cancel();
    this.#reconciliation.stop();
  }

  #hear(notice: Notice): void {
    for (const [userId, cursor] of notice.users ?? []) this.#logs.reached(userId, cursor);
    for (const message of messagesOf(notice)) this.#connections.apply(message);
    if (notice.presence !== undefined) this.#presence.changed(notice.presence);
  }
}
