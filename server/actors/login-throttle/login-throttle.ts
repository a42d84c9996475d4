import type { Actor, ActorContext, Props, ReplyTo } from '../../runtime/actor.ts';
import type { Timer } from '../../runtime/clock.ts';
import type { Fault } from '../../runtime/envelope.ts';
import { faultOf } from '../../runtime/fault.ts';
import { LOGIN_SLOT_MS } from '../../storage/limits.ts';
import type { Writes } from '../../storage/writes.ts';
import type { LoginThrottleMessage, SettleAnswer, SlotAnswer } from './messages.ts';
import { writer } from '../services/writer.ts';

export interface LoginLimits {
  /** Length of a window, from its first failure. */
  readonly windowMs: number;
  /** The failed attempt with this number, and all attempts after it, are refused. */
  readonly maxFailures: number;
}

type Message = LoginThrottleMessage | { readonly type: 'again' };
type Context = ActorContext<Message>;
type Settle = Extract<LoginThrottleMessage, { type: 'settle' }>;
type Settled = Writes['settleLogin']['out'];

interface Waiter {
  readonly to: ReplyTo<SlotAnswer> | undefined;
  readonly since: number;
}

/** Attempts that may wait for a slot; one more is refused. */
const WAITERS_MAX = 2_048;
/** After this long the asker has given up; a slot for it would only expire. */
const WAITER_MS = 9_000;
const STORE_TIMEOUT_MS = 5_000;
/** While others hold slots of this address, nothing tells when one of them is given back. */
const ASK_AGAIN_MS = 25;
/** The store is not asked again before this has passed since it said that the limit is reached: a flood costs a question a second,
 *  and what an operator has forgotten at another host is noticed. */
const LIMITED_MS = 1_000;
/** After this long, an outcome that could not be stored is tried again. */
const SETTLE_AGAIN_MS = 250;

const BUSY: Fault = {
  code: 'unavailable',
  detail: 'Too many attempts are waiting; try again.',
  retryAfterS: 1,
};

/** Limits the password attempts from one address: the queue for the slots, which the store gives. The store never gives more at once
 *  than there are failures left, so that parallel guesses cannot pass before they are counted: of 1,000 at once, exactly
 *  `maxFailures` reach the hash, at however many hosts. The others wait for an outcome, in the order of their arrival, so correct
 *  passwords sent in parallel all pass. A failure is committed before it is answered, so that a restart forgets none [A4]. */
class LoginThrottle implements Actor<Message> {
  readonly #key: string;
  readonly #limits: LoginLimits;
  #waiters: Waiter[] = [];
  /** The slots that this host holds, and until when. Others that the store counts are held elsewhere. */
  readonly #held = new Map<string, number>();
  /** Outcomes that could not be stored. Until they are, nobody enters: a guess that was not counted is not free. */
  #unsettled: readonly Settle[] = [];
  #limited: { readonly until: number; readonly askAgainAt: number } | undefined;
  #again: Timer | undefined;

  constructor(key: string, limits: LoginLimits) {
    this.#key = key;
    this.#limits = limits;
  }

  /** Messages that arrive while the store is asked stay in the mailbox, so they are handled in the order of their arrival. */
  async receive(message: Message, context: Context): Promise<void> {
    switch (message.type) {
      case 'enter':
        await this.#enter(context.replyTo(message), context);
        break;
      case 'settle':
        await this.#settle(message, context);
        break;
      case 'again':
        this.#again = undefined;
        await this.#admit(context);
        break;
      case 'reload':
        this.#limited = undefined;
        await this.#admit(context);
    }
  }

  stop(): void {
    this.#again?.cancel();
  }

  async #enter(to: Waiter['to'], context: Context): Promise<void> {
    if (this.#limited !== undefined && context.clock.monotonic() < this.#limited.askAgainAt) {
      context.reply(to, limitedUntil(this.#limited.until, context));
      return;
    }
    if (this.#waiters.length >= WAITERS_MAX) {
      context.fail(to, BUSY);
      return;
    }
    this.#waiters.push({ to, since: context.clock.monotonic() });
    // Whoever came before waits for an outcome, and so do all after them.
    if (this.#waiters.length === 1) await this.#admit(context);
  }

  /** Answers waiters from the front for as long as the answer is certain. */
  async #admit(context: Context): Promise<void> {
    this.#again?.cancel();
    this.#again = undefined;
    const fault = await this.#settleAgain(context);
    if (fault !== null) {
      this.#failAll(fault, context);
      this.#askAgain(SETTLE_AGAIN_MS, context);
      return;
    }
    for (let [first] = this.#waiters; first !== undefined; [first] = this.#waiters) {
      if (context.clock.monotonic() - first.since > WAITER_MS) context.fail(first.to, BUSY);
      else if (!(await this.#ask(first, context))) return;
      this.#waiters.shift();
    }
  }

  /** Returns whether this waiter was answered, and the next one may be. */
  async #ask({ to }: Waiter, context: Context): Promise<boolean> {
    const slot = context.ids.next();
    const input = { key: this.#key, slot, ...this.#limits };
    let entry: Writes['enterLogin']['out'];
    try {
      entry = await context.ask(writer, { type: 'enterLogin', input }, STORE_TIMEOUT_MS);
    } catch (error) {
      // It may have been given nevertheless.
      this.#unsettled = [...this.#unsettled, { type: 'settle', slot, name: '', outcome: 'void' }];
      this.#failAll(faultOf(error), context);
      this.#askAgain(SETTLE_AGAIN_MS, context);
      return false;
    }
    switch (entry.kind) {
      case 'entered':
        this.#held.set(slot, context.clock.monotonic() + LOGIN_SLOT_MS);
        context.reply(to, { kind: 'entered', slot });
        return true;
      case 'limited':
        this.#refuseAll(entry.until, context);
        return false;
      case 'wait':
        this.#askAgain(this.#waitMs(entry, context), context);
        return false;
    }
  }

  /** Milliseconds after which to ask again, unless a slot of this host is given back before. */
  #waitMs({ slots, firstEndsAt }: Extract<Writes['enterLogin']['out'], { kind: 'wait' }>, context: Context) {
    const now = context.clock.monotonic();
    for (const [slot, until] of this.#held) if (until <= now) this.#held.delete(slot);
    const endsMs = Math.max(1, firstEndsAt - context.clock.now());
    return slots > this.#held.size ? Math.min(ASK_AGAIN_MS, endsMs) : endsMs;
  }

  #askAgain(ms: number, context: Context): void {
    this.#again ??= context.schedule(ms, { type: 'again' });
  }

  #refuseAll(until: number, context: Context): void {
    this.#limited = {
      until,
      askAgainAt: context.clock.monotonic() + Math.min(LIMITED_MS, until - context.clock.now()),
    };
    for (const { to } of this.#waiters) context.reply(to, limitedUntil(until, context));
    this.#waiters = [];
  }

  #failAll(fault: Fault, context: Context): void {
    for (const { to } of this.#waiters) context.fail(to, fault);
    this.#waiters = [];
  }

  async #settle(message: Settle, context: Context): Promise<void> {
    const to: ReplyTo<SettleAnswer> | undefined = context.replyTo(message);
    this.#held.delete(message.slot);
    try {
      const { failures, firstAt } = await this.#store(message, context);
      const over = message.outcome === 'wrong' && failures >= this.#limits.maxFailures;
      context.reply(to, over ? limitedUntil(firstAt + this.#limits.windowMs, context) : { kind: 'settled' });
    } catch (error) {
      const { slot, name, outcome } = message;
      this.#unsettled = [...this.#unsettled, { type: 'settle', slot, name, outcome }];
      context.fail(to, faultOf(error));
      this.#failAll(faultOf(error), context);
      this.#askAgain(SETTLE_AGAIN_MS, context);
      return;
    }
    await this.#admit(context);
  }

  /** Returns why the store cannot take an outcome that it has not yet taken. One whose answer was lost may be counted twice. */
  async #settleAgain(context: Context): Promise<Fault | null> {
    try {
      for (let [first] = this.#unsettled; first !== undefined; [first] = this.#unsettled) {
        await this.#store(first, context);
        this.#unsettled = this.#unsettled.slice(1);
      }
      return null;
    } catch (error) {
      return faultOf(error);
    }
  }

  #store({ slot, name, outcome }: Settle, context: Context): Promise<Settled> {
    const input = { key: this.#key, slot, username: name, outcome, windowMs: this.#limits.windowMs };
    return context.ask(writer, { type: 'settleLogin', input }, STORE_TIMEOUT_MS);
  }
}

const limitedUntil = (
  until: number,
  { clock }: Pick<Context, 'clock'>,
): { kind: 'limited'; retryAfterS: number } => ({
  kind: 'limited',
  retryAfterS: Math.max(1, Math.ceil((until - clock.now()) / 1000)),
});

export const loginThrottleProps = (limits: LoginLimits): Props<LoginThrottleMessage> => ({
  kind: 'login-throttle',
  mailboxLimit: 4_096,
  idleMs: 120_000,
  create: (key) => new LoginThrottle(key, limits),
});
