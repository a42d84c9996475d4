import { replyTo } from './actor.ts';
import type { Actor, ActorContext, AnswerOf, Asker, Props, Question, ReplyTo } from './actor.ts';
import type { Ref } from './address.ts';
import type { Clock, Timer } from './clock.ts';
import type { Envelope, Fault } from './envelope.ts';
import type { Ids } from './ids.ts';
import type { Logger } from './log/log.ts';
import { Mailbox } from './mailbox.ts';

type Bounds = Omit<Props<unknown>, 'create'>;

/** What a cell needs of its host. */
export interface CellHost {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  tell<T>(to: Ref<T>, message: NoInfer<T>): void;
  ask<T, const Q extends T>(to: Ref<T>, question: Q, timeoutMs: number): Promise<AnswerOf<T, Q>>;
  pipeAsk(
    to: Ref<never>,
    question: unknown,
    timeoutMs: number,
    answered: (a: unknown) => void,
    failed: (f: Fault) => void,
  ): void;
  reply<A>(to: ReplyTo<A> | undefined, answer: NoInfer<A>): void;
  fail(to: Asker | undefined, fault: Fault): void;
  /** Sends a message from a cell to itself. It reaches this activation only: what a crashed or passivated predecessor waited for
   *  does not concern its successor. */
  toSelf(cell: Cell, message: unknown): void;
}

/** One activated actor with its mailbox; also the context it sees. */
export class Cell implements ActorContext<unknown> {
  readonly self: Ref<unknown>;
  readonly props: Bounds;
  readonly actor: Actor<unknown>;
  readonly mailbox: Mailbox<Extract<Envelope, { k: 'tell' | 'ask' }>>;
  readonly #host: CellHost;
  /** In the run queue, or waiting for an asynchronous `receive`. */
  scheduled = false;
  busy = false;
  leaving = false;
  /** Whole milliseconds, which take no memory of their own. */
  usedAt: number;
  /** Who asked the message being received. */
  asker: Asker | undefined;

  constructor(self: Pick<Ref<unknown>, 'address'>, props: Bounds, actor: Actor<unknown>, host: CellHost) {
    this.self = self;
    this.props = props;
    this.actor = actor;
    this.mailbox = new Mailbox(props.mailboxLimit);
    this.#host = host;
    this.usedAt = Math.floor(host.clock.monotonic());
  }

  get clock(): Clock {
    return this.#host.clock;
  }
  get ids(): Ids {
    return this.#host.ids;
  }
  get log(): Logger {
    return this.#host.log;
  }

  tell<T>(to: Ref<T>, message: NoInfer<T>): void {
    this.#host.tell(to, message);
  }

  ask<T, const Q extends T>(to: Ref<T>, question: Q, timeoutMs: number): Promise<AnswerOf<T, Q>> {
    return this.#host.ask(to, question, timeoutMs);
  }

  pipe(
    to: Ref<never>,
    question: unknown,
    timeoutMs: number,
    answered: (answer: never) => unknown,
    failed: (fault: Fault) => unknown,
  ): void {
    this.#host.pipeAsk(
      to,
      question,
      timeoutMs,
      (answer) => {
        this.#host.toSelf(this, answered(answer as never));
      },
      (fault) => {
        this.#host.toSelf(this, failed(fault));
      },
    );
  }

  replyTo<A>(question: Question<A>): ReplyTo<A> | undefined {
    return replyTo(question, this.asker);
  }

  reply<A>(to: ReplyTo<A> | undefined, answer: NoInfer<A>): void {
    this.#host.reply(to, answer);
  }

  fail(to: Asker | undefined, fault: Fault): void {
    this.#host.fail(to, fault);
  }

  schedule(ms: number, message: unknown): Timer {
    return this.#host.clock.after(ms, () => {
      this.#host.toSelf(this, message);
    });
  }

  passivate(): void {
    this.leaving = true;
  }
}
