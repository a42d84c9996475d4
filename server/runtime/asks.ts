import type { Clock, Timer } from './clock.ts';
import type { ThreadName } from './address.ts';
import type { Fault } from './envelope.ts';
import { THREAD_GONE, TIMED_OUT } from './fault.ts';

export interface PendingAsk {
  /** The thread that was asked, and that answers. */
  readonly thread: ThreadName;
  readonly askedAt: number;
  readonly answered: (result: unknown) => void;
  readonly failed: (fault: Fault) => void;
}

const SWEEP_MS = 50;
/** Questions that a thread may ask between two starts. */
const TOKENS_PER_LIFE = 2 ** 32;

/** A pending question, in the queue of those with the same timeout. */
interface Waiting extends PendingAsk {
  readonly token: number;
  readonly queue: Queue;
  before: Waiting | undefined;
  after: Waiting | undefined;
}

/** Pending questions, oldest first. Any of them can be removed. */
class Queue {
  readonly timeoutMs: number;
  oldest: Waiting | undefined;
  #newest: Waiting | undefined;

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  append(waiting: Waiting): void {
    waiting.before = this.#newest;
    if (this.#newest === undefined) this.oldest = waiting;
    else this.#newest.after = waiting;
    this.#newest = waiting;
  }

  remove({ before, after }: Waiting): void {
    if (before === undefined) this.oldest = after;
    else before.after = after;
    if (after === undefined) this.#newest = before;
    else after.before = before;
  }
}

/** Pending questions, each with a deadline. One queue for each timeout, so that the oldest is always first, and a sweep every 50
 *  ms looks only at what is due. At most `limit` questions. */
export class Asks {
  readonly limit: number;
  #token: number;
  #sweep: Timer | undefined;
  readonly #waiting = new Map<number, Waiting>();
  readonly #queues: Queue[] = [];
  readonly #clock: Clock;

  /** `life`: how often this thread was started before. Answers to questions from before a restart may still arrive. Tokens
   *  depend on `life`, so that such an answer is not taken for the answer to another question. */
  constructor(clock: Clock, limit: number, life = 0) {
    this.#token = life * TOKENS_PER_LIFE;
    this.#clock = clock;
    this.limit = limit;
  }

  get size(): number {
    return this.#waiting.size;
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
    const token = this.#token;
    const queue = this.#queueOf(timeoutMs);
    const askedAt = this.#clock.monotonic();
    const waiting = {
      token,
      thread,
      askedAt,
      answered,
      failed,
      queue,
      before: undefined,
      after: undefined,
    };
    queue.append(waiting);
    this.#waiting.set(token, waiting);
    this.#sweep ??= this.#clock.after(SWEEP_MS, this.#onSweep);
    return token;
  }

  /** Takes a pending question out; undefined when its deadline has passed. */
  take(token: number): PendingAsk | undefined {
    const waiting = this.#waiting.get(token);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(token);
    waiting.queue.remove(waiting);
    return waiting;
  }

  /** Everything that was asked of a thread that is gone fails at once instead of at its deadline. */
  failThread(thread: ThreadName): void {
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.thread !== thread) continue;
      this.take(waiting.token);
      waiting.failed(THREAD_GONE);
    }
  }

  /** Lengths of deadline are few: each kind of question has its own. */
  #queueOf(timeoutMs: number): Queue {
    const known = this.#queues.find((queue) => queue.timeoutMs === timeoutMs);
    if (known !== undefined) return known;
    const queue = new Queue(timeoutMs);
    this.#queues.push(queue);
    return queue;
  }

  readonly #onSweep = (): void => {
    this.#sweep = undefined;
    const now = this.#clock.monotonic();
    for (const queue of this.#queues) {
      for (let { oldest } = queue; oldest !== undefined; { oldest } = queue) {
        if (now - oldest.askedAt < queue.timeoutMs) break;
        this.take(oldest.token);
        oldest.failed(TIMED_OUT);
      }
    }
    if (this.size > 0) this.#sweep ??= this.#clock.after(SWEEP_MS, this.#onSweep);
  };

  stop(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
  }
}
