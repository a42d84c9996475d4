import { ERRORS, ParleyError, type ErrorCode, type FieldError } from '../../protocol/errors.ts';
import type { Problem } from '../../protocol/http.ts';
import { BODY_MAX_BYTES } from '../../protocol/limits.ts';
import type { WireAnswer } from './answer.ts';

/** Seconds to wait where nobody said more precisely. */
const RETRY_AFTER_S = 1;

/** Any thrown value as `application/problem+json` (RFC 9457). Of what was not thrown on purpose nothing is shown: its text may
 *  hold SQL, a path or somebody's name. */
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
  } = {},
): WireAnswer => {
  const { status, title } = ERRORS[code];
  const body: Problem = {
    type: `urn:parley:problem:${code}`,
    title,
    status,
    code,
    detail,
    ...(more.errors === undefined ? {} : { errors: [...more.errors] }),
  };
  const headers: [string, string][] = [['Content-Type', 'application/problem+json']];
  if (status === 401) headers.push(['WWW-Authenticate', 'Bearer']);
  if (status === 429 || status === 503)
    headers.push(['Retry-After', String(more.retryAfterS ?? RETRY_AFTER_S)]);
  return { status, headers, body: JSON.stringify(body) };
};

export const tooLarge = (): ParleyError =>
  new ParleyError('payload_too_large', `A body may hold at most ${String(BODY_MAX_BYTES)} bytes.`);
