import { replyTo } from '../../server/runtime/actor.ts';
import type { Actor, ActorContext, Asker, Question, ReplyTo } from '../../server/runtime/actor.ts';
import type { Address, Ref } from '../../server/runtime/address.ts';
import type { Fault } from '../../server/runtime/envelope.ts';
import { silentLog } from './hosts.ts';
import { ManualClock } from './manual-clock.ts';
import { SequenceIds } from './sequence-ids.ts';

export interface Asked {
  readonly to: Address;
  readonly question: Record<string, unknown> & { readonly type: string };
  readonly answer: (answer: unknown) => Promise<void>;
  readonly fail: (fault: Fault) => Promise<void>;
}

/** An actor's surroundings, recorded: what it tells, asks and answers stands in lists, the test plays everybody else and moves
 *  time. Messages are cloned, as between threads, and wait while the actor is at an earlier one. */
export class RecordedContext<M> implements Omit<ActorContext<M>, 'ask' | 'pipe'> {
  readonly self: Ref<M> = { address: 'test:self' };
  readonly clock: ManualClock;
  readonly ids = new SequenceIds();
  readonly log = silentLog;
  asker: Asker | undefined;
  readonly told: { to: Address; message: Record<string, unknown> & { type: string } }[] = [];
  readonly asked: Asked[] = [];
  readonly answers: { token: number; answer?: unknown; fault?: Fault }[] = [];
  left = false;
  readonly #actor: Actor<M>;
  readonly #mailbox: { message: M; asker: Asker | undefined }[] = [];
  #working: Promise<void> | undefined;
  #token = 0;

  constructor(actor: Actor<M>, clock = new ManualClock()) {
    this.clock = clock;
    this.#actor = actor;
  }

  /** A message as a tell. Fulfilled when the actor is done with it. */
  give(message: M): Promise<void> {
    return this.#post(message, undefined);
  }

  /** A message as an ask; its token finds the answer among `answers`. */
  async put(message: M): Promise<number> {
    this.#token += 1;
    const token = this.#token;
    await this.#post(message, { from: 'edge', token });
    return token;
  }

  /** Moves time, and waits until the actor has done what was due. */
  advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    return this.settled();
  }

  /** Nothing is left to do for the actor. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  #post(message: M, asker: Asker | undefined): Promise<void> {
    this.#mailbox.push({ message: structuredClone(message), asker });
    if (this.#working === undefined) this.#work();
    return this.settled();
  }

  /** What needs no waiting is done at once. */
  #work(): void {
    for (let next = this.#mailbox.shift(); next !== undefined; next = this.#mailbox.shift()) {
      this.asker = next.asker;
      const done = this.#actor.receive(next.message, this as unknown as ActorContext<M>);
      if (!(done instanceof Promise)) continue;
      this.#working = done.finally(() => {
        this.#working = undefined;
        this.#work();
      });
      return;
    }
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
        answer: (answer) => {
          resolve(answer);
          return this.settled();
        },
        fail: (fault) => {
          reject(new Error(fault.code));
          return this.settled();
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
      answer: (answer) => this.give(answered(structuredClone(answer) as never)),
      fail: (fault) => this.give(failed(fault)),
    });
  }

  replyTo<A>(question: Question<A>): ReplyTo<A> | undefined {
    return replyTo(question, this.asker);
  }

  reply<A>(to: ReplyTo<A> | undefined, answer: NoInfer<A>): void {
    if (to !== undefined) this.answers.push({ token: to.token, answer: structuredClone(answer) });
  }

  fail(to: Asker | undefined, fault: Fault): void {
    if (to !== undefined) this.answers.push({ token: to.token, fault });
  }

  schedule(ms: number, message: M): { cancel(): void } {
    return this.clock.after(ms, () => {
      void this.give(message);
    });
  }

  passivate(): void {
    this.left = true;
  }
}
