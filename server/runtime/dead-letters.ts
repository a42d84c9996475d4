import { kindOf, type Address } from './address.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log/log.ts';
import { LogLimit } from './log/log-limit.ts';

export type DeadLetterReason =
  | 'no-actor-kind'
  | 'mailbox-full'
  | 'link-full'
  | 'thread-gone'
  | 'actor-crashed'
  | 'late-reply'
  /** It waited until whoever asked had given it up. */
  | 'expired'
  | 'poison';

/** Messages that could not be delivered, or not in time: counted by reason, and logged at most once per second and reason, with the number of those
 *  that were not logged. */
export class DeadLetters {
  readonly counts: Record<DeadLetterReason, number> = {
    'no-actor-kind': 0,
    'mailbox-full': 0,
    'link-full': 0,
    'thread-gone': 0,
    'actor-crashed': 0,
    'late-reply': 0,
    expired: 0,
    poison: 0,
  };
  readonly #limit: LogLimit;
  readonly #log: Logger;

  constructor(clock: Clock, log: Logger) {
    this.#limit = new LogLimit(clock);
    this.#log = log;
  }

  add(reason: DeadLetterReason, to: Address | undefined): void {
    this.counts[reason] += 1;
    const suppressed = this.#limit.pass(reason);
    if (suppressed === null) return;
    this.#log.warn({ reason, kind: to === undefined ? undefined : kindOf(to), suppressed }, 'dead-letter');
  }
}
