import type { Clock, Timer } from '../runtime/clock.ts';
import type {
  BrokerSession,
  Notifier,
  NotifierEvents,
  NotifierStats,
  OpenBrokerSession,
} from './notifier.ts';

const BACK_OFF_MS = { least: 100, most: 1_000 };
/** With the deadline, this is how soon a broker that stands still is noticed: within 2.25 s. */
const PROBE_EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 1_250;
/** Enough that a burst passes, and little enough that a broker that hangs costs no memory. */
const QUEUE_MAX_BYTES = 8 * 2 ** 20;
const BATCH_MAX = 256;

/** What all adapters have in common: it connects and reconnects for ever, asks each second whether the broker still answers, and sends
 *  what waits in batches, the next one when the broker has the last. The libraries could reconnect by themselves, but each has rules of
 *  its own on when it gives up and what it keeps meanwhile. */
export class ReconnectingNotifier implements Notifier {
  readonly #open: OpenBrokerSession;
  readonly #events: NotifierEvents;
  readonly #clock: Clock;
  #session: BrokerSession | null = null;
  /** The attempt or session that counts; events of earlier ones do not. */
  #generation = 0;
  #isClosed = false;
  #toldAlive: boolean | null = null;
  #backOffMs: number = BACK_OFF_MS.least;
  #timer: Timer | null = null;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #isSending = false;
  readonly #counts = { published: 0, dropped: 0, heard: 0, connects: 0, failedConnects: 0, losses: 0 };

  constructor(open: OpenBrokerSession, events: NotifierEvents, clock: Clock) {
    this.#open = open;
    this.#events = events;
    this.#clock = clock;
    void this.#connect();
  }

  get stats(): NotifierStats {
    return { isAlive: this.#session !== null, ...this.#counts };
  }

  publish(bytes: Uint8Array): void {
    if (this.#session === null || this.#queuedBytes + bytes.length > QUEUE_MAX_BYTES) {
      this.#counts.dropped += 1;
      return;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (!this.#isSending) void this.#sendAll(this.#session, this.#generation);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#endSession();
    return Promise.resolve();
  }

  async #connect(): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    try {
      const session = await this.#open({
        onNotice: (bytes) => {
          if (generation !== this.#generation) return;
          this.#counts.heard += 1;
          this.#events.onNotice(bytes);
        },
        onLost: (reason) => {
          this.#lose(generation, reason);
        },
      });
      // Closed, or lost already, before it was known here.
      if (generation === this.#generation) this.#begin(session);
      else session.end();
    } catch (error) {
      this.#lose(generation, reasonOf(error));
    }
  }

  #begin(session: BrokerSession): void {
    this.#session = session;
    this.#counts.connects += 1;
    this.#probeLater(session, this.#generation);
    this.#tell(true, '');
  }

  #probeLater(session: BrokerSession, generation: number): void {
    this.#timer = this.#clock.after(PROBE_EVERY_MS, () => {
      void this.#probe(session, generation);
    });
  }

  async #probe(session: BrokerSession, generation: number): Promise<void> {
    this.#timer = this.#clock.after(ANSWER_WITHIN_MS, () => {
      // If this thread was held up, the answer may be there and was not read yet. It is in the next turn.
      this.#timer = this.#clock.after(0, () => {
        this.#lose(generation, `no answer within ${String(ANSWER_WITHIN_MS)} ms`);
      });
    });
    try {
      await session.probe();
    } catch (error) {
      this.#lose(generation, reasonOf(error));
    }
    if (generation !== this.#generation) return;
    this.#timer.cancel();
    this.#backOffMs = BACK_OFF_MS.least;
    this.#probeLater(session, generation);
  }

  async #sendAll(session: BrokerSession, generation: number): Promise<void> {
    this.#isSending = true;
    try {
      while (generation === this.#generation && this.#queue.length > 0) {
        const batch = this.#queue.splice(0, BATCH_MAX);
        await session.send(batch);
        if (generation !== this.#generation) return;
        this.#counts.published += batch.length;
        for (const { length } of batch) this.#queuedBytes -= length;
      }
      this.#isSending = false;
    } catch (error) {
      this.#lose(generation, reasonOf(error));
    }
  }

  #lose(generation: number, reason: string): void {
    if (generation !== this.#generation) return;
    this.#counts[this.#session === null ? 'failedConnects' : 'losses'] += 1;
    this.#endSession();
    this.#reconnectLater();
    this.#tell(false, reason);
  }

  /** Once, however many attempts fail. */
  #tell(isAlive: boolean, reason: string): void {
    if (this.#toldAlive === isAlive || this.#isClosed) return;
    this.#toldAlive = isAlive;
    this.#events.onState(isAlive, reason);
  }

  /** Ends whatever is under way. What waits is dropped: it would come too late to be of use. */
  #endSession(): void {
    this.#generation += 1;
    this.#timer?.cancel();
    this.#timer = null;
    this.#counts.dropped += this.#queue.length;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#isSending = false;
    const session = this.#session;
    this.#session = null;
    session?.end();
  }

  #reconnectLater(): void {
    if (this.#isClosed) return;
    this.#timer = this.#clock.after(this.#backOffMs, () => {
      this.#timer = null;
      void this.#connect();
    });
    this.#backOffMs = Math.min(BACK_OFF_MS.most, this.#backOffMs * 2);
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message : String(error);
