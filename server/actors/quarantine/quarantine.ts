import type { Clock } from '../../runtime/clock.ts';
import type { Fault } from '../../runtime/envelope.ts';
import { THREAD_GONE } from '../../runtime/fault.ts';
import { RecentMap } from '../../runtime/recent-map.ts';

/** How often a message may be in flight when the part that handles it fails. */
export const ATTEMPTS_MAX = 3;
/** Messages of one failure that are retried together. */
const TOGETHER_MAX = 64;
const REMEMBERED = 5_000;
/** A retry that is never answered blocks others for at most this long. */
const TRIAL_MS = 10_000;
/** Three failures may be a coincidence, so after this long the message may be tried again. */
const DEAD_MS = 600_000;

/** The fault with which a poison message is refused. */
export const POISON_MESSAGE: Fault = {
  code: 'bad_request',
  detail: 'This message can’t be processed; it was tried three times.',
};

/** A message on its way to what handles it. */
export interface DeliveryAttempt {
  /** Milliseconds, monotonic. */
  readonly since: number;
  /** An answer has arrived, good or bad. */
  done(): void;
}

interface Trial {
  readonly alone: boolean;
  readonly hand: (attempt: DeliveryAttempt) => void;
}

const nothing = (): void => undefined;

/** Isolates a poison message among the messages that were in flight when an actor or a thread failed. Retries them in groups of
 *  at most 64, then one by one, so that the third failure belongs to one message. That one is refused for ten minutes, and its
 *  id is logged; all others pass. Costs nothing while nothing has failed [P8] [R6]. */
export class Quarantine {
  readonly #clock: Clock;
  readonly #onDead: (messageId: string, attempts: number) => void;
  /** Failures by message. */
  readonly #failures = new RecentMap<string, { readonly count: number; readonly at: number }>(REMEMBERED);
  readonly #waiting: Trial[] = [];
  #running = 0;
  #alone = false;

  constructor(clock: Clock, onDead: (messageId: string, attempts: number) => void) {
    this.#clock = clock;
    this.#onDead = onDead;
  }

  isQuarantined(messageId: string): boolean {
    const failures = this.#failures.size === 0 ? undefined : this.#failures.get(messageId);
    if (failures === undefined || failures.count < ATTEMPTS_MAX) return false;
    if (this.#clock.monotonic() - failures.at < DEAD_MS) return true;
    this.#failures.delete(messageId);
    return false;
  }

  /** Hands a message on: at once, or, when it has failed before, in its turn. */
  attempt(messageId: string, hand: (attempt: DeliveryAttempt) => void): void {
    const failures = this.#failures.size === 0 ? undefined : this.#failures.get(messageId);
    if (failures === undefined) {
      hand({ since: this.#clock.monotonic(), done: nothing });
      return;
    }
    this.#waiting.push({ alone: failures.count > 1, hand });
    this.#next();
  }

  /** The message was answered, so it is harmless. */
  passed(messageId: string): void {
    if (this.#failures.size > 0) this.#failures.delete(messageId);
  }

  /** It was not. Returns what its sender is told. */
  failed(messageId: string, fault: Fault, { since }: DeliveryAttempt): Fault {
    if (fault.code !== 'internal' && fault.detail !== THREAD_GONE.detail) return fault;
    const before = this.#failures.get(messageId);
    // Repeats that were in flight together failed for one reason and count once.
    if (before !== undefined && since < before.at)
      return before.count < ATTEMPTS_MAX ? fault : POISON_MESSAGE;
    const count = (before?.count ?? 0) + 1;
    this.#failures.set(messageId, { count, at: this.#clock.monotonic() });
    if (count < ATTEMPTS_MAX) return fault;
    if (count === ATTEMPTS_MAX) this.#onDead(messageId, count);
    return POISON_MESSAGE;
  }

  #next(): void {
    for (let trial = this.#waiting[0]; trial !== undefined; trial = this.#waiting[0]) {
      const room = trial.alone ? this.#running === 0 : this.#running < TOGETHER_MAX;
      if (this.#alone || !room) return;
      this.#waiting.shift();
      this.#try(trial);
    }
  }

  #try(trial: Trial): void {
    this.#running += 1;
    this.#alone = trial.alone;
    let over = false;
    const done = (): void => {
      if (over) return;
      over = true;
      timer.cancel();
      this.#running -= 1;
      this.#alone = false;
      this.#next();
    };
    const timer = this.#clock.after(TRIAL_MS, done);
    trial.hand({ since: this.#clock.monotonic(), done });
  }
}
