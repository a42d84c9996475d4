import type { ErrorCode, FieldError } from '../../server/protocol/errors.ts';

/** Why a request failed: the server's code, `offline` when it was not reached, `timeout` when it did not answer. */
export type ProblemCode = ErrorCode | 'offline' | 'timeout';

/** The only error thrown on purpose by `net/`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ProblemCode;
  /** Seconds to wait, where the server said so. */
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
