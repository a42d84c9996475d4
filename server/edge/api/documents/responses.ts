import { ERROR_TITLES, ERRORS, type ErrorCode } from '../../../protocol/errors.ts';
import type { Problem } from '../../../protocol/resources/problem.ts';
import type { Json } from './json-schema.ts';

/** The headers and error answers that all routes share, as components of the OpenAPI document. */

export const HEADERS: Readonly<Record<string, Json>> = {
  RequestId: {
    description: 'Identifies the request in the server’s log. Sent with every answer.',
    required: true,
    schema: { type: 'string', format: 'uuid' },
    example: '018f3c33-4e6f-7182-93a4-af102b3c4d5e',
  },
  RetryAfter: {
    description: 'Seconds to wait before trying again.',
    required: true,
    schema: { type: 'integer', minimum: 1 },
    example: 30,
  },
  WwwAuthenticate: {
    description: 'The authentication scheme to use.',
    required: true,
    schema: { type: 'string', const: 'Bearer' },
    example: 'Bearer',
  },
};

export const headerRef = (name: string): Json => ({ $ref: `#/components/headers/${name}` });
export const REQUEST_ID = { 'X-Request-Id': headerRef('RequestId') };

const DETAILS: Readonly<Record<ErrorCode, string>> = {
  bad_request: 'The body is not valid.',
  unauthorized: 'A valid access token is needed.',
  forbidden: 'The password is wrong.',
  not_found: 'There is no such conversation.',
  method_not_allowed: 'This address does not take this method.',
  conflict: 'This username is taken.',
  gone: 'This no longer exists.',
  payload_too_large: 'A body may hold at most 65536 bytes.',
  unsupported_media_type: 'Send the body as application/json in UTF-8.',
  too_many_requests: 'Too many wrong passwords from this address; try again later.',
  internal: 'Something went wrong here.',
  unavailable: 'The server is busy; try again.',
  insufficient_storage: 'The server has no room for this file. Try again later.',
};

const EXTRA_HEADERS: Partial<Record<ErrorCode, Json>> = {
  unauthorized: { 'WWW-Authenticate': headerRef('WwwAuthenticate') },
  method_not_allowed: {
    Allow: {
      description: 'The methods that the path supports, separated by commas.',
      required: true,
      schema: { type: 'string' },
      example: 'GET, HEAD, OPTIONS',
    },
  },
  too_many_requests: { 'Retry-After': headerRef('RetryAfter') },
  unavailable: { 'Retry-After': headerRef('RetryAfter') },
};

/** `too_many_requests` → `TooManyRequests`. */
export const responseName = (code: ErrorCode): string =>
  code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Describes the answer for one error code: its status, its headers, and a body with that code. */
export const errorResponse = (code: ErrorCode): Json => {
  const { status } = ERRORS[code];
  const title = ERROR_TITLES[code];
  const example: Problem = {
    type: `urn:parley:problem:${code}`,
    title,
    status,
    code,
    detail: DETAILS[code],
    ...(code === 'bad_request'
      ? { errors: [{ path: 'username', message: 'must have at least 3 characters' }] }
      : {}),
  };
  const schema = {
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      { type: 'object', properties: { status: { const: status }, code: { const: code } } },
    ],
  };
  return { ...headOnly(code), content: { 'application/problem+json': { schema, example } } };
};

/** The same answer to a HEAD request, without a body. */
export const headOnly = (code: ErrorCode): Json => ({
  description: `${ERROR_TITLES[code]}.`,
  headers: { ...REQUEST_ID, ...EXTRA_HEADERS[code] },
});

export const responseRef = (code: ErrorCode): Json => ({
  $ref: `#/components/responses/${responseName(code)}`,
});
