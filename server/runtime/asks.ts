import type { Clock, Timer } from './clock.ts';
import type { Fault, ThreadName } from './envelope.ts';
import { THREAD_GONE, TIMED_OUT } from './faults.ts';

export interface PendingAsk {
  readonly thread: ThreadName;
  readonly askedAt: number;
  readonly answered: (result: unknown) => void;
  readonly failed: (fault: Fault) => void;
}

const SWEEP_MS = 50;
/** Questions that one life of a thread may ask. */
const TOKENS_PER_LIFE = 2 ** 32;

/** Questions waiting for their answer, each with a deadline. One queue for each length of deadline, so that the
 *  oldest is always first and a sweep every 50 ms looks only at what is due. Bounded by `limit`. */
export class Asks {
  readonly limit: number;
  #token: number;
  #sweep: Timer | undefined;
  readonly #byDeadline = new Map<number, Map<number, PendingAsk>>();
  readonly #deadlineOf = new Map<number, number>();
  readonly #clock: Clock;

  /** `life`: how often this thread was started before. The answer to a question of an earlier life may still come, and must find
   *  nobody: under a token of this life it would be taken for the answer to another question. */
  constructor(clock: Clock, limit: number, life = 0) {
    this.#token = life * TOKENS_PER_LIFE;
    this.#clock = clock;
    this.limit = limit;
  }

  get size(): number {
    return this.#deadlineOf.size;
  }

  /** The token to send along, or undefined when too many questions wait. */
  add(
    thread: ThreadName,
    timeoutMs: number,
    answered: PendingAsk['answered'],
    failed: PendingAsk['failed'],
  ): number | undefined {
    if (this.size >= this.limit) return undefined;
    this.#token += 1;
    const queue = this.#byDeadline.get(timeoutMs) ?? new Map<number, PendingAsk>();
    this.#byDeadline.set(timeoutMs, queue);
    queue.set(this.#token, { thread, askedAt: this.#clock.monotonic(), answered, failed });
    this.#deadlineOf.set(this.#token, timeoutMs);
    this.#sweep ??= this.#clock.after(SWEEP_MS, this.#onSweep);
    return this.#token;
  }

  /** Takes a pending question out; undefined when its deadline has passed. */
  take(token: number): PendingAsk | undefined {
    const timeoutMs = this.#deadlineOf.get(token);
    if (timeoutMs === undefined) return undefined;
    this.#deadlineOf.delete(token);
    const queue = this.#byDeadline.get(timeoutMs);
    const pending = queue?.get(token);
    queue?.delete(token);
    return pending;
  }

  /** Everything asked of a thread that is gone fails at once instead of at its deadline. */
  failThread(thread: ThreadName): void {
    for (const queue of this.#byDeadline.values()) {
      for (const [token, pending] of [...queue]) {
        if (pending.thread === thread) {
          this.take(token);
          pending.failed(THREAD_GONE);
        }
      }
    }
  }

  readonly #onSweep = (): void => {
    this.#sweep = undefined;
    const now = this.#clock.monotonic();
    for (const [timeoutMs, queue] of this.#byDeadline) {
      for (const [token, pending] of queue) {
        if (now - pending.askedAt < timeoutMs) break;
        this.take(token);
        pending.failed(TIMED_OUT);
      }
    }
    if (this.size > 0) this.#sweep ??= this.#clock.after(SWEEP_MS, this.#onSweep);
  };

  stop(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
  }
}
