import type { Ref, ThreadName } from './address.ts';
import type { Clock, Timer } from './clock.ts';
import type { Fault } from './envelope.ts';
import type { Ids } from './ids.ts';
import type { Logger } from './log/log.ts';

/** A question: a message that carries the type of its answer, so that `ask` is typed by what is asked. */
export interface Question<A> {
  /** Never present: carries the type alone. */
  readonly answer?: (answer: A) => void;
}

/** The answer to `Q` among the messages `M` of its target: that of the member which `Q` is. */
export type AnswerOf<M, Q> = M extends Question<infer A> ? (Q extends Omit<M, 'answer'> ? A : never) : never;

/** Where the answer to one question goes: an answer of another type than `A` does not compile. Plain data. */
export interface ReplyTo<in A> {
  readonly from: ThreadName;
  readonly token: number;
  /** Never present: carries the type alone. */
  readonly takes?: (answer: A) => void;
}

/** Whoever asked, whatever the question was: can be told of a fault, but of no answer. */
export type Asker = ReplyTo<never>;

/** The asker of `question`, who gets an answer of its type. Undefined for a message that was told, not asked. */
export const replyTo = <A>(_question: Question<A>, asker: Asker | undefined): ReplyTo<A> | undefined =>
  asker as ReplyTo<A> | undefined;

/** State and behaviour that can be reached only by messages, one at a time. `receive` may return a promise; the next message
 *  waits for it in the mailbox. If it throws, only this actor is affected: it is dropped, the asker gets `internal`, and the
 *  next message activates a new one. */
export interface Actor<M> {
  receive(message: M, context: ActorContext<M>): void | Promise<void>;
  /** Called once when the actor is passivated, has crashed, or its host stops. */
  stop?(context: ActorContext<M>): void;
}

/** Everything that an actor may do; it has no other access to time, randomness or I/O. */
export interface ActorContext<M> {
  readonly self: Ref<M>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Who asked the message being received; undefined if it was told. */
  readonly asker: Asker | undefined;
  /** Whom to answer for `question`, the message being received; keep it to answer later. */
  replyTo<A>(question: Question<A>): ReplyTo<A> | undefined;
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
  reply<A>(to: ReplyTo<A> | undefined, answer: NoInfer<A>): void;
  fail(to: Asker | undefined, fault: Fault): void;
  /** A message to oneself later; lost when the actor is gone. */
  schedule(ms: number, message: M): Timer;
  /** Removes the actor from memory once its mailbox is empty. */
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
