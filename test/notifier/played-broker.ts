import type { BrokerSession, BrokerSessionEvents } from '../../server/notifier/notifier.ts';
import { ReconnectingNotifier } from '../../server/notifier/reconnecting-notifier.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface Settle {
  readonly done: () => void;
  readonly fail: (error: Error) => void;
}

/** A broker whose every answer the test gives, and the notifier that talks to it. */
export class PlayedBroker {
  readonly clock = new ManualClock();
  readonly states: (true | string)[] = [];
  readonly heard: string[] = [];
  /** The batches that were sent. */
  readonly batches: (readonly Uint8Array[])[] = [];
  attempts = 0;
  ended = 0;
  /** Answers what waits longest; what is asked twice waits twice. */
  readonly opens: Settle[] = [];
  readonly sends: Settle[] = [];
  readonly probes: Settle[] = [];
  events: BrokerSessionEvents | undefined;
  readonly notifier: ReconnectingNotifier;

  constructor() {
    this.notifier = new ReconnectingNotifier(
      (events) => {
        this.attempts += 1;
        this.events = events;
        return waiting(this.opens, this.#session());
      },
      {
        onNotice: (bytes) => this.heard.push(Buffer.from(bytes).toString()),
        onState: (isAlive, reason) => this.states.push(isAlive || reason),
      },
      this.clock,
    );
  }

  /** Answers and lets the notifier act on it. */
  async answer(settles: readonly Settle[], error?: Error): Promise<void> {
    const settle = settles.at(-1);
    if (settle === undefined) throw new Error('nobody waits');
    if (error === undefined) settle.done();
    else settle.fail(error);
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }

  async passes(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  #session(): BrokerSession {
    return {
      send: (packets) => {
        this.batches.push(packets);
        return waiting(this.sends, undefined);
      },
      probe: () => waiting(this.probes, undefined),
      end: () => {
        this.ended += 1;
      },
    };
  }
}

const waiting = <T>(list: Settle[], value: T): Promise<T> =>
  new Promise((resolve, reject) => {
    list.push({
      done: () => {
        resolve(value);
      },
      fail: reject,
    });
  });
