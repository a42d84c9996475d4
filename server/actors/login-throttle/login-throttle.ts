import type { Actor, ActorContext, Props, ReplyTo } from '../../runtime/actor.ts';
import type { Timer } from '../../runtime/clock.ts';
import type { Fault } from '../../runtime/envelope.ts';
import { faultOf } from '../../runtime/fault.ts';
import type { Queries } from '../../storage/reads.ts';
import type { LoginThrottleMessage, SlotAnswer } from './messages.ts';
import { writer } from '../services/writer.ts';

export interface LoginLimits {
  /** Length of a window, from its first failure. */
  readonly windowMs: number;
  /** The failed attempt with this number, and all attempts after it, are refused. */
  readonly maxFailures: number;
}

/** On the thread of the throttles, so that it sees every commit that has been answered. */
type LoginThrottleQueries = Pick<Queries, 'loginFailures'>;

type Settle = Extract<LoginThrottleMessage, { type: 'settle' }>;

interface Waiter {
  readonly to: ReplyTo<SlotAnswer> | undefined;
  readonly since: number;
}

/** After this long, a slot that was not settled (its account's thread is gone) is taken back. */
const SLOT_MS = 30_000;
/** Attempts that may wait for a slot; one more is refused. */
const WAITERS_MAX = 2_048;
/** After this long the asker has given up; a slot for it would only expire. */
const WAITER_MS = 9_000;
const STORE_TIMEOUT_MS = 10_000;

const BUSY: Fault = {
  code: 'unavailable',
  detail: 'Too many attempts are waiting; try again.',
  retryAfterS: 1,
};

/** Limits the password attempts from one address. Never permits more at once than there are failures left, so that parallel
 *  guesses cannot pass before they are counted: of 1,000 at once, exactly `maxFailures` reach the hash. The others wait for an
 *  outcome, so correct passwords sent in parallel all pass. A failure is committed before it is answered, so that a restart
 *  forgets none [A4]. */
class LoginThrottle implements Actor<LoginThrottleMessage> {
  readonly #key: string;
  readonly #queries: LoginThrottleQueries;
  readonly #limits: LoginLimits;
  readonly #slots = new Map<string, Timer>();
  #waiters: Waiter[] = [];
  #failures = 0;
  #firstAt = 0;
  /** Whether the count of the store is in `#failures`. Until then these are the guesses that the store does not know. */
  #loaded = false;
  /** Whether it has not changed since. */
  #current = false;

  constructor(key: string, queries: LoginThrottleQueries, limits: LoginLimits) {
    this.#key = key;
    this.#queries = queries;
    this.#limits = limits;
  }

  /** Messages that arrive while the store is asked stay in the mailbox, so the count does not change during a decision. Where the
   *  count can't be read, nobody new enters, but slots are given back and guesses are counted. */
  async receive(message: LoginThrottleMessage, context: ActorContext<LoginThrottleMessage>): Promise<void> {
    const fault = this.#current && message.type !== 'reload' ? null : await this.#load();
    switch (message.type) {
      case 'enter':
        if (fault !== null && !this.#loaded) context.fail(context.replyTo(message), fault);
        else this.#enter({ to: context.replyTo(message), since: context.clock.monotonic() }, context);
        break;
      case 'settle':
        await this.#settle(message, context);
        break;
      case 'slot-lapsed':
        this.#release(message.slot);
        this.#admit(context);
        break;
      case 'reload':
        if (fault === null) this.#admit(context);
    }
  }

  stop(): void {
    for (const timer of this.#slots.values()) timer.cancel();
  }

  /** Returns why the store cannot be read. Then the count stays what it was, and the next message tries again. */
  async #load(): Promise<Fault | null> {
    try {
      const stored = await this.#queries.loginFailures(this.#key);
      const uncounted = this.#loaded ? 0 : this.#failures;
      if (stored !== null || this.#loaded) this.#firstAt = stored?.firstAt ?? 0;
      this.#failures = (stored?.failures ?? 0) + uncounted;
      this.#loaded = true;
      this.#current = true;
      return null;
    } catch (error) {
      this.#current = false;
      return faultOf(error);
    }
  }

  #enter(waiter: Waiter, context: ActorContext<LoginThrottleMessage>): void {
    if (this.#waiters.length >= WAITERS_MAX) {
      context.fail(waiter.to, BUSY);
      return;
    }
    this.#waiters.push(waiter);
    this.#admit(context);
  }

  /** Answers waiters from the front for as long as the answer is certain. */
  #admit(context: ActorContext<LoginThrottleMessage>): void {
    this.#forgetOldWindow(context.clock.now());
    const { maxFailures } = this.#limits;
    let answered = 0;
    for (const waiter of this.#waiters) {
      const limited = this.#failures >= maxFailures;
      if (!limited && this.#failures + this.#slots.size >= maxFailures) break;
      answered += 1;
      if (limited) context.reply(waiter.to, this.#limited(context));
      else if (context.clock.monotonic() - waiter.since > WAITER_MS) context.fail(waiter.to, BUSY);
      else context.reply(waiter.to, { kind: 'entered', slot: this.#slot(context) });
    }
    if (answered > 0) this.#waiters = this.#waiters.slice(answered);
  }

  #slot(context: ActorContext<LoginThrottleMessage>): string {
    const slot = context.ids.next();
    this.#slots.set(slot, context.schedule(SLOT_MS, { type: 'slot-lapsed', slot }));
    return slot;
  }

  /** An expired slot still counts if it is settled later, because its holder did try a password. */
  async #settle(message: Settle, context: ActorContext<LoginThrottleMessage>): Promise<void> {
    const { slot, name, outcome } = message;
    const to = context.replyTo(message);
    try {
      if (outcome === 'wrong') await this.#count(name, context);
      if (outcome === 'right') await this.#clear(name, context);
      this.#release(slot);
      const over = outcome === 'wrong' && this.#failures >= this.#limits.maxFailures;
      context.reply(to, over ? this.#limited(context) : { kind: 'settled' });
    } catch (error) {
      this.#release(slot);
      context.fail(to, faultOf(error));
    }
    this.#admit(context);
  }

  /** Counted here before the writer is asked: if it can't answer, the guess is not free. */
  async #count(username: string, context: ActorContext<LoginThrottleMessage>): Promise<void> {
    const now = context.clock.now();
    this.#forgetOldWindow(now);
    if (this.#failures === 0) this.#firstAt = now;
    this.#failures += 1;
    const { windowMs } = this.#limits;
    const input = { key: this.#key, username, windowMs };
    const stored = await context.ask(writer, { type: 'recordLoginFailure', input }, STORE_TIMEOUT_MS);
    this.#failures = this.#loaded
      ? Math.max(this.#failures, stored.failures)
      : this.#failures - 1 + stored.failures;
    this.#firstAt = stored.firstAt;
    this.#loaded = true;
  }

  /** Takes back the failures of the name that succeeded. The address keeps the others: if one success cleared them all, somebody
   *  with an account could guess the password of another one without end by logging in to their own in between. */
  async #clear(username: string, context: ActorContext<LoginThrottleMessage>): Promise<void> {
    if (this.#loaded && this.#failures === 0) return;
    const input = { key: this.#key, username };
    const cleared = await context.ask(writer, { type: 'clearLoginFailures', input }, STORE_TIMEOUT_MS);
    if (this.#loaded) this.#failures = Math.max(0, this.#failures - cleared.failures);
  }

  #release(slot: string): void {
    this.#slots.get(slot)?.cancel();
    this.#slots.delete(slot);
  }

  /** If a window begins in the future, the clock was set back. It is moved to now, so that it neither ends at once nor lasts
   *  longer. */
  #forgetOldWindow(now: number): void {
    if (this.#firstAt > now) this.#firstAt = now;
    if (this.#failures > 0 && now >= this.#firstAt + this.#limits.windowMs) this.#failures = 0;
  }

  #limited(context: ActorContext<LoginThrottleMessage>): { kind: 'limited'; retryAfterS: number } {
    const leftMs = this.#firstAt + this.#limits.windowMs - context.clock.now();
    return { kind: 'limited', retryAfterS: Math.max(1, Math.ceil(leftMs / 1000)) };
  }
}

export const loginThrottleProps = (
  queries: LoginThrottleQueries,
  limits: LoginLimits,
): Props<LoginThrottleMessage> => ({
  kind: 'login-throttle',
  mailboxLimit: 4_096,
  idleMs: 120_000,
  create: (key) => new LoginThrottle(key, queries, limits),
});
