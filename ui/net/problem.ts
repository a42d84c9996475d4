import { ERRORS, type ErrorCode, type FieldError } from '../../server/protocol/errors.ts';

/** Why a request failed: the server's code, `offline` if it was not reached, `timeout` if it did not answer in time. */
export type ProblemCode = ErrorCode | 'offline' | 'timeout';

/** The only error that `net/` throws on purpose. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ProblemCode;
  /** Seconds to wait, if the server said so. */
  readonly retryAfterS: number | null;
  readonly errors: readonly FieldError[];

  constructor(
    code: ProblemCode,
    detail: string,
    options: { retryAfterS?: number | null; errors?: readonly FieldError[]; cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterS = options.retryAfterS ?? null;
    this.errors = options.errors ?? [];
  }
}

export const problemCode = (error: unknown): ProblemCode =>
  error instanceof ApiProblem ? error.code : 'internal';

/** Maps a code to one that this client knows. A newer server may send other codes; then the HTTP status decides. */
export const knownCode = (code: string, status: number): ErrorCode => {
  if (Object.hasOwn(ERRORS, code)) return code as ErrorCode;
  return status >= 500 ? 'unavailable' : 'bad_request';
};

/** Whether the same request may succeed later. */
export const isTemporary = (code: ProblemCode): boolean =>
  code === 'offline' || code === 'timeout' || ERRORS[code].temporary;
