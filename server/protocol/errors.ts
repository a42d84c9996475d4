/** The one error table: HTTP, WebSocket, client and documents all read it (SPEC §4). */
export const ERRORS = {
  bad_request: { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'Authentication is needed' },
  forbidden: { status: 403, title: 'This is not allowed' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'This method is not supported here' },
  conflict: { status: 409, title: 'This contradicts what is stored' },
  gone: { status: 410, title: 'This no longer exists' },
  payload_too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'The server cannot take this now' },
} as const;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];

/** WebSocket close codes (SPEC §5.4). */
export const CLOSE = {
  normal: 1000,
  shutdown: 1001,
  policy: 1008,
  tooBig: 1009,
  internal: 1011,
  overloaded: 1013,
  tokenExpired: 4401,
  accountDeleted: 4403,
  heartbeatMissed: 4408,
  sessionRevoked: 4409,
  flooding: 4429,
} as const;
export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** The only error thrown on purpose. `detail` is shown to the person, so it holds no name, path or SQL.
 *  Across threads only `{code, detail, retryAfterS}` travels: structured clone drops class and code. */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';
  readonly code: ErrorCode;
  readonly retryAfterS: number | undefined;
  readonly errors: readonly FieldError[] | undefined;
  /** For the operator's log alone: what the one who asked must not, or need not, be told. */
  readonly logged: string | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    options: { retryAfterS?: number; errors?: readonly FieldError[]; cause?: unknown; logged?: string } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterS = options.retryAfterS;
    this.errors = options.errors;
    this.logged = options.logged;
  }
}

/** The code of anything thrown: what is not ours is `internal`. */
export const codeOf = (error: unknown): ErrorCode => (error instanceof ParleyError ? error.code : 'internal');

/** Whether the operator should see it: what nobody threw on purpose, or what was thrown because something else failed. */
export const isOwnFault = (error: unknown): boolean =>
  codeOf(error) === 'internal' || (error instanceof ParleyError && error.cause !== undefined);
