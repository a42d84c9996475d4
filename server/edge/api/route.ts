import type * as z from 'zod/mini';
import type { ErrorCode } from '../../protocol/errors.ts';
import type { JsonText, Unchangeable } from '../../protocol/json-text.ts';
import type { ClientAddress } from '../auth/address.ts';
import type { EdgeDeps } from '../deps.ts';
import type { StreamedBody } from '../http/answer.ts';
import type { Header } from '../http/headers.ts';
import type { ReceivedBody } from '../http/received-body.ts';
import type { RequestIdentity } from '../../actors/services/tokens.ts';

type Schema = z.ZodMiniType;
type MaybeSchema = Schema | undefined;
type Value<S extends MaybeSchema> = S extends Schema ? z.infer<S> : undefined;

export type Tag =
  | 'accounts'
  | 'sessions'
  | 'push'
  | 'users'
  | 'conversations'
  | 'messages'
  | 'search'
  | 'server'
  | 'administration';

/** A body or an answer that is a file of one of these media types, and not JSON. */
export class FileOf {
  readonly types: readonly string[];
  /** Of a body; a larger one is refused. */
  readonly maxBytes: number;
  readonly isStreamed = false;

  constructor(types: readonly string[], maxBytes = 0) {
    this.types = types;
    this.maxBytes = maxBytes;
  }
}

/** A body that is a file of any type and of a size that the handler decides about. It is read while it arrives. */
export class StreamedUpload {
  readonly isStreamed = true;
  readonly maxBytes = 0;
}
type MaybeFile = FileOf | StreamedUpload | undefined;
type UploadOf<F extends MaybeFile> = F extends FileOf
  ? SentFile
  : F extends StreamedUpload
    ? ReceivedBody
    : undefined;

/** A file as it is sent. */
export interface SentFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A file that is made while it is sent. */
interface StreamedFile {
  readonly type: string;
  readonly stream: StreamedBody;
}

/** The success answers of a route, by status; null if an answer has no body. Errors are the same on all routes. */
export type Answers = Readonly<Record<number, Schema | FileOf | null>>;

/** `policy`: headers in place of those that say of other answers how they may be kept and used. */
interface WithPolicy {
  readonly policy?: readonly Header[];
}

/** What a handler may return: one of the statuses that the route declares, with the body declared for that status. */
type RouteAnswerOf<A extends Answers> = {
  [S in keyof A & number]: A[S] extends Schema
    ? | { readonly status: S; readonly body: z.infer<A[S]> }
      | { readonly status: S; readonly json: JsonText<Unchangeable<z.infer<A[S]>>> }
    : A[S] extends FileOf
      ? { readonly status: S; readonly file: SentFile | StreamedFile } & WithPolicy
      : { readonly status: S } & WithPolicy;
}[keyof A & number];

interface Context<
  W,
  P extends MaybeSchema,
  Q extends MaybeSchema,
  B extends MaybeSchema,
  F extends MaybeFile,
> {
  readonly deps: EdgeDeps;
  /** The user and session that sent the request; undefined on open routes. */
  readonly who: W;
  readonly params: Value<P>;
  readonly query: Value<Q>;
  readonly body: Value<B>;
  readonly upload: UploadOf<F>;
  /** The header `If-None-Match`; empty if there is none. */
  readonly ifNoneMatch: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly client: ClientAddress;
  readonly userAgent: string;
}

interface Spec<
  W,
  A extends Answers,
  P extends MaybeSchema,
  Q extends MaybeSchema,
  B extends MaybeSchema,
  F extends MaybeFile,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `:name` matches one path segment. */
  readonly path: string;
  /** The group under which the OpenAPI document lists the route. */
  readonly tag: Tag;
  /** A few words for the OpenAPI document. */
  readonly summary: string;
  /** Whole sentences for the OpenAPI document: what the route does. */
  readonly description: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** In place of `body`. */
  readonly upload?: F;
  readonly answers: A;
  /** What the request does to an account or a session, for the audit log. Without it, only refusals of access are
   *  logged. */
  readonly audit?: string;
  /** Who may use the route; absent: everybody who is signed in [A12]. */
  readonly role?: 'admin';
  /** The error codes of this route, besides those that follow from its inputs and from `open`. */
  readonly errors?: readonly ErrorCode[];
  /** Throws ParleyError for everything that is not in `answers`. */
  handle(context: Context<W, P, Q, B, F>): RouteAnswerOf<A> | Promise<RouteAnswerOf<A>>;
}

/** A route without its type parameters, as the HTTP adapter and the OpenAPI document use it. */
export interface Route extends Omit<
  Spec<never, Answers, undefined, undefined, undefined, undefined>,
  'handle' | 'params' | 'query' | 'body' | 'upload'
> {
  readonly open: boolean;
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: Schema;
  readonly upload?: FileOf | StreamedUpload;
  handle(context: unknown): RouteAnswer | Promise<RouteAnswer>;
}
interface RouteAnswer extends WithPolicy {
  readonly status: number;
  readonly body?: unknown;
  readonly json?: string;
  readonly file?: SentFile | StreamedFile;
}

/** Declares a route that requires an access token. */
export const route = <
  A extends Answers,
  P extends MaybeSchema = undefined,
  Q extends MaybeSchema = undefined,
  B extends MaybeSchema = undefined,
  F extends MaybeFile = undefined,
>(
  spec: Spec<RequestIdentity, A, P, Q, B, F>,
): Route => ({ ...spec, open: false }) as unknown as Route;

/** Declares a route that needs no access token. */
export const openRoute = <
  A extends Answers,
  P extends MaybeSchema = undefined,
  Q extends MaybeSchema = undefined,
  B extends MaybeSchema = undefined,
  F extends MaybeFile = undefined,
>(
  spec: Spec<undefined, A, P, Q, B, F>,
): Route => ({ ...spec, open: true }) as unknown as Route;

/** Makes an answer. A function is needed because the compiler would widen a literal `status` in an async handler. */
export const answer = <const S extends number, const B>(
  status: S,
  body: B,
): { readonly status: S; readonly body: B } => ({
  status,
  body,
});
/** An answer whose body is JSON already. */
export const jsonAnswer = <const S extends number, const T>(
  status: S,
  json: JsonText<T>,
): { readonly status: S; readonly json: JsonText<T> } => ({ status, json });
export const done = { status: 204 } as const;
