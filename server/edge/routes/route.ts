import type * as z from 'zod/mini';
import type { ErrorCode } from '../../protocol/errors.ts';
import type { ClientAddress } from '../address.ts';
import type { Services } from '../services.ts';
import type { Identity } from '../tokens.ts';

type Schema = z.ZodMiniType;
type MaybeSchema = Schema | undefined;
type Value<S extends MaybeSchema> = S extends Schema ? z.infer<S> : undefined;

export type Tag = 'accounts' | 'sessions' | 'users' | 'conversations' | 'messages' | 'search' | 'server';

/** Success answers by status; null: without a body. Errors are the same everywhere. */
export type Answers = Readonly<Record<number, Schema | null>>;

/** What a handler may answer: the statuses the route declares, each with the body it declares. */
export type AnswerOf<A extends Answers> = {
  [S in keyof A & number]: A[S] extends Schema
    ? { readonly status: S; readonly body: z.infer<A[S]> }
    : { readonly status: S };
}[keyof A & number];

export interface Context<W, P extends MaybeSchema, Q extends MaybeSchema, B extends MaybeSchema> {
  readonly services: Services;
  /** Whose request it is; undefined on open routes. */
  readonly who: W;
  readonly params: Value<P>;
  readonly query: Value<Q>;
  readonly body: Value<B>;
  readonly client: ClientAddress;
  readonly userAgent: string;
}

interface Spec<W, A extends Answers, P extends MaybeSchema, Q extends MaybeSchema, B extends MaybeSchema> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `:name` stands for one segment. */
  readonly path: string;
  /** Where the document lists it. */
  readonly tag: Tag;
  /** A few words for the document. */
  readonly summary: string;
  /** What it does, in whole sentences, for the document. */
  readonly description: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answers: A;
  /** What it does to an account or a session, for the log; without it only refusals of access are logged. */
  readonly audit?: string;
  /** Codes of its own, besides those that its inputs and its openness bring. */
  readonly errors?: readonly ErrorCode[];
  /** Throws ParleyError for everything that is not in `answers`. */
  handle(context: Context<W, P, Q, B>): AnswerOf<A> | Promise<AnswerOf<A>>;
}

/** A route with its types laid aside: what the adapter and the document work with. */
export interface Route extends Omit<
  Spec<never, Answers, undefined, undefined, undefined>,
  'handle' | 'params' | 'query' | 'body'
> {
  readonly open: boolean;
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: Schema;
  handle(context: unknown): RouteAnswer | Promise<RouteAnswer>;
}
export interface RouteAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** A route for whoever holds an access token. */
export const route = <
  A extends Answers,
  P extends MaybeSchema = undefined,
  Q extends MaybeSchema = undefined,
  B extends MaybeSchema = undefined,
>(
  spec: Spec<Identity, A, P, Q, B>,
): Route => ({ ...spec, open: false }) as unknown as Route;

/** A route for everybody. */
export const openRoute = <
  A extends Answers,
  P extends MaybeSchema = undefined,
  Q extends MaybeSchema = undefined,
  B extends MaybeSchema = undefined,
>(
  spec: Spec<undefined, A, P, Q, B>,
): Route => ({ ...spec, open: true }) as unknown as Route;

/** An answer; a function, because the compiler would widen a literal `status` in an async handler. */
export const answer = <const S extends number, const B>(
  status: S,
  body: B,
): { readonly status: S; readonly body: B } => ({
  status,
  body,
});
export const done = { status: 204 } as const;
