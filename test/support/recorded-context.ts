import type { Actor, ActorContext, ReplyTo } from '../../server/runtime/actor.ts';
import type { Address, Ref } from '../../server/runtime/address.ts';
import type { Fault } from '../../server/runtime/envelope.ts';
import { silentLog } from './hosts.ts';
import { ManualClock } from './manual-clock.ts';
import { SequenceIds } from './sequence-ids.ts';

export interface Asked {
  readonly to: Address;
  readonly question: Record<string, unknown> & { readonly type: string };
  readonly answer: (answer: unknown) => void;
  readonly fail: (fault: Fault) => void;
}

/** An actor's surroundings, recorded: what it tells, asks and answers stands in lists, the test plays everybody else and moves
 *  time. Messages are cloned, as between threads. */
export class RecordedContext<M> implements Omit<ActorContext<M>, 'ask' | 'pipe'> {
  readonly self: Ref<M> = { address: 'test:self' };
  readonly clock = new ManualClock();
  readonly ids = new SequenceIds();
  readonly log = silentLog;
  replyTo: ReplyTo | undefined;
  readonly told: { to: Address; message: Record<string, unknown> & { type: string } }[] = [];
  readonly asked: Asked[] = [];
  readonly answers: { token: number; answer?: unknown; fault?: Fault }[] = [];
  left = false;
  readonly #actor: Actor<M>;
  #token = 0;

  constructor(actor: Actor<M>) {
    this.#actor = actor;
  }

  /** A message as a tell. */
  give(message: M): void {
    this.replyTo = undefined;
    void this.#actor.receive(structuredClone(message), this as unknown as ActorContext<M>);
  }

  /** A message as an ask; its token finds the answer among `answers`. */
  put(message: M): number {
    this.#token += 1;
    this.replyTo = { from: 'edge', token: this.#token };
    void this.#actor.receive(structuredClone(message), this as unknown as ActorContext<M>);
    return this.#token;
  }

  /** What was asked and not answered yet; takes the oldest of that type. */
  take(type: string): Asked {
    const at = this.asked.findIndex((each) => each.question.type === type);
    const [found] = at < 0 ? [] : this.asked.splice(at, 1);
    if (found === undefined) throw new Error(`nothing of type ${type} was asked`);
    return found;
  }

  tell(to: Ref<never>, message: never): void {
    this.told.push({ to: to.address, message: structuredClone(message) });
  }

  ask(to: Ref<never>, question: never): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.asked.push({
        to: to.address,
        question: structuredClone(question),
        answer: resolve,
        fail: (fault) => {
          reject(new Error(fault.code));
        },
      });
    });
  }

  pipe(
    to: Ref<never>,
    question: never,
    _timeoutMs: number,
    answered: (answer: never) => M,
    failed: (fault: Fault) => M,
  ): void {
    this.asked.push({
      to: to.address,
      question: structuredClone(question),
      answer: (answer) => {
        this.give(answered(structuredClone(answer) as never));
      },
      fail: (fault) => {
        this.give(failed(fault));
      },
    });
  }

  /** Whoever asked is answered in the actor's place. */
  forward(to: Ref<never>, question: never): void {
    const { replyTo } = this;
    this.asked.push({
      to: to.address,
      question: structuredClone(question),
      answer: (answer) => {
        this.reply(replyTo, answer);
      },
      fail: (fault) => {
        this.fail(replyTo, fault);
      },
    });
  }

  reply(to: ReplyTo | undefined, answer: unknown): void {
    if (to !== undefined) this.answers.push({ token: to.token, answer: structuredClone(answer) });
  }

  fail(to: ReplyTo | undefined, fault: Fault): void {
    if (to !== undefined) this.answers.push({ token: to.token, fault });
  }

  schedule(ms: number, message: M): { cancel(): void } {
    return this.clock.after(ms, () => {
      this.give(message);
    });
  }

  passivate(): void {
    this.left = true;
  }
}
