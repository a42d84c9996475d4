import type { Clock, Timer } from '../runtime/clock.ts';
import type { Notice } from './notice.ts';
import type { Missed } from './notice-sequence.ts';
import { NoticeExchange, type ExchangeDeps, type ExchangeStats } from './notice-exchange.ts';

const LOOK_EVERY_MS = 500;

/** Whether this host hears the others. `off`: no broker is configured. */
export interface BrokerState {
  readonly state: 'ok' | 'down' | 'off';
  /** Other hosts. */
  readonly hosts: number;
}

export interface HostNoticesDeps extends Omit<ExchangeDeps, 'hostId'> {
  readonly clock: Clock;
  readonly isOff: boolean;
  /** Called a few times a second, with the figures of the exchange. */
  readonly onLook: (state: BrokerState, stats: ExchangeStats) => void;
}

/** The exchange of one host. It begins with the first heartbeat, which says under which id the host is registered. While there is no
 *  other host nothing is published; one that comes later finds a gap in the numbers, and compares. */
export class HostNotices {
  readonly #deps: HostNoticesDeps;
  readonly #clock: Clock;
  #exchange: NoticeExchange | undefined;
  #hostId = '';
  /** Before there was an exchange. */
  #isOwing = false;
  #timer: Timer | undefined;

  constructor(deps: HostNoticesDeps) {
    this.#deps = deps;
    this.#clock = deps.clock;
  }

  /** Returns whether there is anybody to tell. */
  publish(notice: Notice): boolean {
    const hasOthers = this.#exchange !== undefined && this.#exchange.hosts > 0;
    if (hasOthers) this.#exchange?.publish(notice);
    else this.omit();
    return hasOthers;
  }

  /** There was something to tell that is not told: the others find a gap, and compare with the database. */
  omit(): void {
    if (this.#exchange === undefined) this.#isOwing = true;
    else this.#exchange.omit();
  }

  /** `hostId`: under which this host is registered now. */
  hosts(hostId: string, others: readonly string[]): void {
    if (this.#exchange === undefined) {
      const onMissed = this.#onMissed.bind(this);
      this.#exchange = new NoticeExchange({ ...this.#deps, hostId, onMissed });
      if (this.#isOwing) this.#exchange.omit();
      this.#look();
    } else if (hostId !== this.#hostId) this.#exchange.rename(hostId);
    this.#hostId = hostId;
    this.#exchange.listHosts(others);
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#exchange?.close();
  }

  #onMissed(missed: Missed): void {
    // Nobody is there who could have said something.
    if (missed.reason === 'own-silence' && this.#exchange?.hosts === 0) return;
    this.#deps.onMissed(missed);
  }

  #look(): void {
    this.#timer = this.#clock.after(LOOK_EVERY_MS, () => {
      this.#look();
    });
    if (this.#exchange === undefined) return;
    const { stats } = this.#exchange;
    const heard = stats.isHeard ? 'ok' : 'down';
    this.#deps.onLook({ state: this.#deps.isOff ? 'off' : heard, hosts: stats.hosts }, stats);
  }
}
