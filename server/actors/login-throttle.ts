import type { Actor, ActorContext, Props, ReplyTo } from '../runtime/actor.ts';
import type { Timer } from '../runtime/clock.ts';
import type { Fault } from '../runtime/envelope.ts';
import { faultOf } from '../runtime/faults.ts';
import type { Queries } from '../storage/store.ts';
import type { SlotAnswer, LoginThrottleMessage, SettleAnswer } from './login-throttle-messages.ts';
import { writer } from './refs.ts';

export interface LoginLimits {
  /** Length of a window, from its first failure. */
  readonly windowMs: number;
  /** The failed attempt with this number, and all attempts after it, are refused. */
  readonly maxFailures: number;
}

type Settle = Extract<LoginThrottleMessage, { type: 'settle' }>;

interface Waiter {
  readonly to: ReplyTo | undefined;
  readonly since: number;
}

/** Slots never settled (their account's thread is gone) are taken back after this long. */
const SLOT_MS = 30_000;
/** Attempts that may wait for a slot; one more is refused. */
const WAITERS_MAX = 2_048;
/** By now the asker has given up; a slot for it would only lapse. */
const WAITER_MS = 9_000;
const STORE_TIMEOUT_MS = 10_000;

const BUSY: Fault = {
  code: 'unavailable',
  detail: 'Too many attempts are waiting; try again.',
  retryAfterS: 1,
};

/** Lets password attempts from one place pass, never more at once than there are failures left, so that guesses sent in
 *  parallel can't slip through a check made before the count: 1,000 at once reach the hash exactly `maxFailures` times.
 *  The others wait for an outcome, so right passwords sent in parallel all pass. A failure is committed before its
 *  sender hears of it: a restart forgets none. [A4] */
export class LoginThrottle implements Actor<LoginThrottleMessage> {
  readonly #key: string;
  readonly #limits: LoginLimits;
  readonly #slots = new Map<string, Timer>();
  #waiters: Waiter[] = [];
  #failures: number;
  #firstAt: number;

  constructor(key: string, stored: { failures: number; firstAt: number } | null, limits: LoginLimits) {
    this.#key = key;
    this.#limits = limits;
    this.#failures = stored?.failures ?? 0;
    this.#firstAt = stored?.firstAt ?? 0;
  }

  /** Asynchronous only while the writer is asked: what arrives meanwhile stays in the mailbox, so the count never moves under
   *  a decision. */
  async receive(message: LoginThrottleMessage, context: ActorContext<LoginThrottleMessage>): Promise<void> {
    const { replyTo } = context;
    switch (message.type) {
      case 'enter':
        this.#enter({ to: replyTo, since: context.clock.monotonic() }, context);
        break;
      case 'settle':
        await this.#settle(message, replyTo, context);
        break;
      case 'slot-lapsed':
        this.#release(message.slot);
        this.#admit(context);
    }
  }

  stop(): void {
    for (const timer of this.#slots.values()) timer.cancel();
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
      if (limited) context.reply(waiter.to, this.#limited(context) satisfies SlotAnswer);
      else if (context.clock.monotonic() - waiter.since > WAITER_MS) context.fail(waiter.to, BUSY);
      else context.reply(waiter.to, { kind: 'entered', slot: this.#slot(context) } satisfies SlotAnswer);
    }
    if (answered > 0) this.#waiters = this.#waiters.slice(answered);
  }

  #slot(context: ActorContext<LoginThrottleMessage>): string {
    const slot = context.ids.next();
    this.#slots.set(slot, context.schedule(SLOT_MS, { type: 'slot-lapsed', slot }));
    return slot;
  }

  /** A lapsed slot counts when it is settled after all: its holder did try a password. */
  async #settle(
    { slot, name, outcome }: Settle,
    to: ReplyTo | undefined,
    context: ActorContext<LoginThrottleMessage>,
  ): Promise<void> {
    try {
      if (outcome === 'wrong') await this.#count(name, context);
      if (outcome === 'right') await this.#clear(name, context);
      this.#release(slot);
      const over = outcome === 'wrong' && this.#failures >= this.#limits.maxFailures;
      context.reply(to, (over ? this.#limited(context) : { kind: 'settled' }) satisfies SettleAnswer);
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
    this.#failures = Math.max(this.#failures, stored.failures);
    this.#firstAt = stored.firstAt;
  }

  /** Takes back the failures of the name that succeeded. The address keeps the others: if one success cleared them all, whoever
   *  has an account here could guess at another one without end by signing in to their own in between. */
  async #clear(username: string, context: ActorContext<LoginThrottleMessage>): Promise<void> {
    if (this.#failures === 0) return;
    const input = { key: this.#key, username };
    const cleared = await context.ask(writer, { type: 'clearLoginFailures', input }, STORE_TIMEOUT_MS);
    this.#failures = Math.max(0, this.#failures - cleared.failures);
  }

  #release(slot: string): void {
    this.#slots.get(slot)?.cancel();
    this.#slots.delete(slot);
  }

  /** Of a window that began in the future the clock was set back: it begins now, so that it neither opens nor lasts. */
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
  queries: Pick<Queries, 'loginFailures'>,
  limits: LoginLimits,
): Props<LoginThrottleMessage> => ({
  kind: 'login-throttle',
  mailboxLimit: 4_096,
  idleMs: 120_000,
  create: (key) => new LoginThrottle(key, queries.loginFailures(key), limits),
});
