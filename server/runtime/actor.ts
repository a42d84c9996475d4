import type { Ref } from './address.ts';
import type { Clock, Timer } from './clock.ts';
import type { Envelope, Fault } from './envelope.ts';
import type { Ids } from './ids.ts';
import type { Log } from './log.ts';

/** A question: a message that carries the type of its answer, so that `ask` is typed by what is asked. */
export interface Question<A> {
  /** Never present: carries the type alone. */
  readonly answer?: (answer: A) => void;
}

/** The answer to `Q` among the messages `M` of its target: that of the member which `Q` is. */
export type AnswerOf<M, Q> = M extends Question<infer A> ? (Q extends Omit<M, 'answer'> ? A : never) : never;

/** Where the answer to one message goes; absent for a `tell`. */
export type ReplyTo = Pick<Extract<Envelope, { k: 'ask' }>, 'from' | 'token'>;

/** State and behaviour reached only by messages, one at a time. `receive` may return a promise: the next message waits for
 *  it in the mailbox. A throw costs this actor alone: it is dropped, its asker gets `internal`, the next message
 *  activates a fresh one. */
export interface Actor<M> {
  receive(message: M, context: ActorContext<M>): void | Promise<void>;
  /** Called once when the actor is passivated, has crashed, or its host stops. */
  stop?(context: ActorContext<M>): void;
}

/** What an actor may do: everything else (time, chance, I/O) is out of its reach. */
export interface ActorContext<M> {
  readonly self: Ref<M>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Whom to answer for the message being received; keep it to answer later. */
  readonly replyTo: ReplyTo | undefined;
  tell<T>(to: Ref<T>, message: NoInfer<T>): void;
  /** Rejects with a ParleyError: the target's code, or `unavailable` after the deadline. */
  ask<T, const Q extends T>(to: Ref<T>, question: Q, timeoutMs: number): Promise<AnswerOf<T, Q>>;
  /** An ask whose outcome becomes a message to oneself: the mailbox keeps moving meanwhile. */
  pipe<T, const Q extends T>(
    to: Ref<T>,
    question: Q,
    timeoutMs: number,
    answered: (answer: AnswerOf<T, Q>) => M,
    failed: (fault: Fault) => M,
  ): void;
  /** Hands the question being received on: whoever asked it gets the answer from `to`, or its fault, and this actor hears no more
   *  of it. The question must come by a ref that names that thread (`answeredBy`). A message that is no question is told on. */
  forward<T>(to: Ref<T>, question: NoInfer<T>): void;
  reply(to: ReplyTo | undefined, answer: unknown): void;
  fail(to: ReplyTo | undefined, fault: Fault): void;
  /** A message to oneself later; lost when the actor is gone. */
  schedule(ms: number, message: M): Timer;
  /** Leave memory once the mailbox is empty. */
  passivate(): void;
}

/** How to make the actors of one kind, and their bounds. */
export interface Props<M> {
  readonly kind: string;
  /** Messages that may wait; one more is refused with `unavailable`. */
  readonly mailboxLimit: number;
  /** Milliseconds without a message after which an actor leaves memory; 0 = only when it says so. */
  readonly idleMs: number;
  create(key: string): Actor<M>;
}
