import type { Clock } from '../runtime/clock.ts';
import type { Fault } from '../runtime/envelope.ts';
import { THREAD_GONE } from '../runtime/faults.ts';
import { RecentMap } from '../runtime/recent-map.ts';

/** So often a message may be under way when what handles it fails. */
export const ATTEMPTS_MAX = 3;
/** Messages that were in flight at one failure, and are tried again together. */
const TOGETHER_MAX = 64;
const REMEMBERED = 5_000;
/** A trial that was never answered stands in the way no longer than this. */
const TRIAL_MS = 10_000;
/** Three failures may be three accidents: after this long it may be tried again. */
const DEAD_MS = 600_000;

/** What a message is refused with once it is a dead letter. */
export const POISON_MESSAGE: Fault = {
  code: 'bad_request',
  detail: 'This message can’t be processed; it was tried three times.',
};

/** A message on its way to what handles it. */
export interface Attempt {
  /** Milliseconds, monotonic. */
  readonly since: number;
  /** The answer has come, whichever. */
  done(): void;
}

interface Trial {
  readonly alone: boolean;
  readonly hand: (attempt: Attempt) => void;
}

const nothing = (): void => undefined;

/** Messages that were under way when an actor or a thread failed. Whether one of them did it is found by trying again: first
 *  at most 64 of them together, then one by one, so that the third failure is one message's own; that one is refused
 *  for ten minutes and its id logged. All others pass. Costs nothing while nothing has failed. [P8] [R6] */
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
  attempt(messageId: string, hand: (attempt: Attempt) => void): void {
    const failures = this.#failures.size === 0 ? undefined : this.#failures.get(messageId);
    if (failures === undefined) {
      hand({ since: this.#clock.monotonic(), done: nothing });
      return;
    }
    this.#waiting.push({ alone: failures.count > 1, hand });
    this.#next();
  }

  /** It was answered: nothing is the matter with it. */
  passed(messageId: string): void {
    if (this.#failures.size > 0) this.#failures.delete(messageId);
  }

  /** It was not. Returns what its sender is told. */
  failed(messageId: string, fault: Fault, { since }: Attempt): Fault {
    if (fault.code !== 'internal' && fault.detail !== THREAD_GONE.detail) return fault;
    const before = this.#failures.get(messageId);
    // Repeats that were under way together failed of one cause.
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
