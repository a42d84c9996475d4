import { Arrivals, type ArrivalCount } from './arrivals.ts';
import type { Pace, RingResult } from './spec.ts';
import { Histogram } from './histogram.ts';
import { dueAt, dueBy } from './pacing.ts';

/** Messages of one pair that may be under way in a closed loop: a power of two. */
const IN_FLIGHT_MAX = 64;

/** An account's way to the server, as the ring sees it: messages are queued, and go out together. */
export interface Sender {
  queue(sequence: number): void;
  flush(): void;
}

export interface RingOptions {
  /** People, and as many pairs. */
  readonly size: number;
  readonly pace: Pace;
  /** Microsecond clock that never jumps. */
  readonly nowUs: () => number;
  /** Called with how many messages were delivered and acknowledged so far. */
  readonly progress: (done: number) => void;
}

/** All pairs of one thread: who has sent how much, and what has come of it. Pair i is account i writing to account i + 1. */
export class Ring {
  readonly size: number;
  readonly #options: RingOptions;
  readonly #acked: readonly Arrivals[];
  readonly #delivered: readonly Arrivals[];
  readonly #sent: Int32Array;
  readonly #done: Int32Array;
  readonly #sentAt: Float64Array;
  #sockets: readonly Sender[] = [];
  /** Pairs with something queued. */
  #dirty: number[] = [];
  #allDone = 0;
  #total = 0;
  #startUs = 0;
  #sending = false;
  #measuring = false;
  readonly latency = new Histogram();
  readonly ackLatency = new Histogram();
  readonly lateness = new Histogram();
  readonly errors: string[] = [];
  cursorGaps = 0;

  constructor(options: RingOptions) {
    this.#options = options;
    this.size = options.size;
    this.#acked = Array.from({ length: this.size }, () => new Arrivals());
    this.#delivered = Array.from({ length: this.size }, () => new Arrivals());
    this.#sent = new Int32Array(this.size);
    this.#done = new Int32Array(this.size);
    this.#sentAt = new Float64Array(options.pace.kind === 'closed' ? this.size * IN_FLIGHT_MAX : 0);
  }

  attach(sockets: readonly Sender[]): void {
    this.#sockets = sockets;
  }

  /** One message of each pair, so that every conversation is there before anything is measured. */
  open(): void {
    for (let pair = 0; pair < this.size; pair += 1) this.#send(pair);
    this.flush();
  }

  /** The load begins: a closed loop fills its window, an open one waits for `due`. */
  start(): void {
    this.#sending = true;
    this.#startUs = this.#options.nowUs();
    this.#total = 0;
    if (this.#options.pace.kind === 'closed') {
      for (let pair = 0; pair < this.size; pair += 1) this.#refill(pair);
      this.flush();
    }
  }

  /** What has been queued goes out, in one write for each socket: at the end of each chunk that was read. */
  flush(): void {
    const dirty = this.#dirty;
    if (dirty.length === 0) return;
    this.#dirty = [];
    for (const pair of dirty) this.#sockets[pair]!.flush();
  }

  measure(): void {
    this.#measuring = true;
  }

  /** Nothing more is sent or measured; what is under way may still arrive. */
  stop(): void {
    this.#sending = false;
    this.#measuring = false;
  }

  /** Open loop: sends all that is due by now. Message m of the thread is due at its own moment after the start, and is the
   *  business of pair m modulo the number of pairs. */
  due(): void {
    const { pace, nowUs } = this.#options;
    if (!this.#sending || pace.kind !== 'open') return;
    const now = nowUs();
    for (const until = dueBy(now - this.#startUs, pace.perSecond); this.#total < until; this.#total += 1) {
      const pair = this.#total % this.size;
      if (this.#measuring) this.lateness.record(now - this.#startUs - dueAt(this.#total, pace.perSecond));
      this.#send(pair);
    }
    this.flush();
  }

  acked(pair: number, sequence: number): void {
    this.#acked[pair]!.arrive(sequence);
    if (this.#measuring) this.ackLatency.record(this.#age(pair, sequence));
    this.#settle(pair);
  }

  delivered(pair: number, sequence: number): void {
    this.#delivered[pair]!.arrive(sequence);
    if (this.#measuring) this.latency.record(this.#age(pair, sequence));
    this.#settle(pair);
  }

  /** Everything sent has been delivered and acknowledged. */
  get idle(): boolean {
    return this.#sent.every((sent, pair) => this.#done[pair] === sent);
  }

  result(): RingResult {
    return {
      acked: this.#count(this.#acked),
      delivered: this.#count(this.#delivered),
      cursorGaps: this.cursorGaps,
      errors: this.errors.slice(0, 5),
      latency: this.latency.toData(),
      ackLatency: this.ackLatency.toData(),
      lateness: this.lateness.toData(),
    };
  }

  #count(all: readonly Arrivals[]): ArrivalCount {
    const sum = { expected: 0, missing: 0, repeated: 0, outOfOrder: 0 };
    all.forEach((arrivals, pair) => {
      const { expected, missing, repeated, outOfOrder } = arrivals.check(this.#sent[pair]!);
      sum.expected += expected;
      sum.missing += missing;
      sum.repeated += repeated;
      sum.outOfOrder += outOfOrder;
    });
    return sum;
  }

  /** Microseconds since a message was sent; in an open loop since it was due, so that a server that stops the clock is not
   *  flattered (coordinated omission). */
  #age(pair: number, sequence: number): number {
    const { pace, nowUs } = this.#options;
    if (pace.kind === 'closed') {
      return nowUs() - this.#sentAt[pair * IN_FLIGHT_MAX + (sequence % IN_FLIGHT_MAX)]!;
    }
    // Message 0 of each pair was the opening one.
    return nowUs() - this.#startUs - dueAt((sequence - 1) * this.size + pair, pace.perSecond);
  }

  #settle(pair: number): void {
    const done = Math.min(this.#acked[pair]!.complete, this.#delivered[pair]!.complete);
    const more = done - this.#done[pair]!;
    if (more === 0) return;
    this.#done[pair] = done;
    this.#allDone += more;
    this.#options.progress(this.#allDone);
    if (this.#sending && this.#options.pace.kind === 'closed') this.#refill(pair);
  }

  #refill(pair: number): void {
    const { pace } = this.#options;
    if (pace.kind !== 'closed') return;
    while (this.#sent[pair]! - this.#done[pair]! < pace.inFlight) this.#send(pair);
  }

  #send(pair: number): void {
    const sequence = this.#sent[pair]!;
    this.#sent[pair] = sequence + 1;
    if (this.#options.pace.kind === 'closed') {
      this.#sentAt[pair * IN_FLIGHT_MAX + (sequence % IN_FLIGHT_MAX)] = this.#options.nowUs();
    }
    this.#sockets[pair]!.queue(sequence);
    this.#dirty.push(pair);
  }
}
