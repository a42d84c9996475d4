import { ERROR_TITLES, ERRORS, ParleyError, type ErrorCode, type FieldError } from '../../protocol/errors.ts';
import type { Problem } from '../../protocol/resources/problem.ts';
import { BODY_MAX_BYTES } from '../../protocol/limits.ts';
import type { WireAnswer } from './answer.ts';

/** Seconds to wait where nobody said more precisely. */
const RETRY_AFTER_S = 1;

/** Any thrown value as `application/problem+json` (RFC 9457). Shows nothing of an error that was not thrown on purpose, because
 *  its text may contain SQL, a path or a name. */
export const problemAnswer = (error: unknown): WireAnswer => {
  if (!(error instanceof ParleyError)) return problem('internal', 'Something went wrong here.');
  return problem(error.code, error.message, error);
};

const problem = (
  code: ErrorCode,
  detail: string,
  more: {
    readonly errors?: readonly FieldError[] | undefined;
    readonly retryAfterS?: number | undefined;
    readonly received?: number | undefined;
  } = {},
): WireAnswer => {
  const { status } = ERRORS[code];
  const body: Problem = {
    type: `urn:parley:problem:${code}`,
    title: ERROR_TITLES[code],
    status,
    code,
    detail,
    ...(more.errors === undefined ? {} : { errors: [...more.errors] }),
    ...(more.received === undefined ? {} : { received: more.received }),
  };
  const headers: [string, string][] = [['Content-Type', 'application/problem+json']];
  if (status === 401) headers.push(['WWW-Authenticate', 'Bearer']);
  if (status === 429 || status === 503)
    headers.push(['Retry-After', String(more.retryAfterS ?? RETRY_AFTER_S)]);
  return { status, headers, body: JSON.stringify(body) };
};

export const tooLarge = (maxBytes = BODY_MAX_BYTES): ParleyError =>
  new ParleyError('payload_too_large', `A body may hold at most ${String(maxBytes)} bytes.`);
