import { edge } from '../../actors/services/edge.ts';
import { writer } from '../../actors/services/writer.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { RELEASE } from '../../protocol/release.ts';
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { Host } from '../../runtime/host.ts';
import type { Ids } from '../../runtime/ids.ts';
import { HOST_SILENT_MS } from '../../storage/limits.ts';

const HEARTBEAT_MS = 1_000;
const TIMEOUT_MS = 5_000;
/** Users whose connections at dead hosts are removed in one transaction. */
const SETTLED_AT_ONCE = 50;

export interface HostRegistrationDeps {
  readonly host: Pick<Host, 'ask' | 'tell'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The name of this machine, for operators. */
  readonly name: string;
}

export interface HostEvents {
  /** This host is registered under its id from now on. Connections that were to be registered under it earlier were refused. */
  readonly onRegistered: () => void;
  /** It was given up before that: what is open has to be compared with the store. Resolves once it is. */
  readonly onReturned: () => Promise<void>;
  /** A heartbeat was answered. */
  readonly onBeat: (id: string, others: readonly string[]) => void;
}

/** Keeps this host registered in the store, which connections refer to. A host that was silent for too long has been given up by the
 *  others: it registers anew, with a new id, and its open connections after it. */
export class HostRegistration {
  readonly #deps: HostRegistrationDeps;
  readonly #events: HostEvents;
  #id: string;
  /** Under the current id, as far as this host knows. */
  #isRegistered = false;
  /** Others have given it up, and what is open here has not been compared since. */
  #isReturning = false;
  #timer: Timer | undefined;
  #isStopped = false;
  #isBeating = false;
  /** Connections of hosts that others gave up are being removed. */
  #isSettling = false;
  /** When the last heartbeat was sent that was answered. */
  #confirmedAt: number;
  /** What is open here is being registered and compared under a new id. */
  #isComparing = false;
  /** How often that began: only the end of the newest comparison counts. */
  #comparisons = 0;

  constructor(deps: HostRegistrationDeps, events: HostEvents) {
    this.#deps = deps;
    this.#events = events;
    this.#confirmedAt = deps.clock.monotonic();
    this.#id = deps.ids.next();
  }

  /** Under which this host is registered, or about to be. */
  get id(): string {
    return this.#id;
  }

  /** False for a host that was silent for so long that others may have given it up, until it is registered again and `onReturned`
   *  has ended. */
  get isCurrent(): boolean {
    return !this.#isComparing && this.#deps.clock.monotonic() - this.#confirmedAt < HOST_SILENT_MS;
  }

  /** Says now that the host lives, and every second from now on. */
  beat(): void {
    this.#timer?.cancel();
    if (this.#isBeating || this.#isStopped) return;
    this.#isBeating = true;
    void this.#beat().finally(() => {
      this.#isBeating = false;
      if (this.#isStopped) return;
      this.#timer = this.#deps.clock.after(HEARTBEAT_MS, () => {
        this.beat();
      });
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #beat(): Promise<void> {
    try {
      let sentAt = this.#deps.clock.monotonic();
      let answer = await this.#ask();
      if (answer.kind === 'gone') {
        this.#isRegistered = false;
        this.#isReturning = true;
        this.#id = this.#deps.ids.next();
        sentAt = this.#deps.clock.monotonic();
        answer = await this.#ask();
      }
      if (answer.kind === 'alive') this.#confirmed(sentAt, answer.others);
      if (answer.abandoned) this.#settleAbandoned();
    } catch (error) {
      // The store takes nothing now; the next heartbeat finds out whether this host is still known.
      if (!(error instanceof ParleyError)) throw error;
    }
  }

  #confirmed(sentAt: number, others: readonly string[]): void {
    this.#confirmedAt = sentAt;
    this.#events.onBeat(this.#id, others);
    if (this.#isRegistered) return;
    this.#isRegistered = true;
    this.#events.onRegistered();
    if (!this.#isReturning) return;
    this.#isReturning = false;
    this.#isComparing = true;
    this.#comparisons += 1;
    const comparison = this.#comparisons;
    // Heartbeats go on meanwhile.
    void this.#events.onReturned().then(() => {
      if (comparison === this.#comparisons) this.#isComparing = false;
    });
  }

  #ask() {
    const registers = this.#isRegistered ? null : { name: this.#deps.name, version: RELEASE };
    const input = { hostId: this.#id, registers };
    return this.#deps.host.ask(writer, { type: 'heartbeat', input }, TIMEOUT_MS);
  }

  /** Beside the heartbeats: this host would be given up itself if they waited for so much work. */
  #settleAbandoned(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    void this.#settleAll().finally(() => {
      this.#isSettling = false;
    });
  }

  async #settleAll(): Promise<void> {
    const { host } = this.#deps;
    try {
      for (let isMore = true; isMore && !this.#isStopped;) {
        const input = { limit: SETTLED_AT_ONCE };
        const { presences, more } = await host.ask(writer, { type: 'settleAbandoned', input }, TIMEOUT_MS);
        for (const presence of presences)
          if (presence.observers.length > 0) host.tell(edge, { type: 'presence', userId: presence.userId });
        isMore = more;
      }
    } catch (error) {
      // A later heartbeat says whether some are left.
      if (!(error instanceof ParleyError)) throw error;
    }
  }
}
