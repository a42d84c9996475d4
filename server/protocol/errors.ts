/** The one error table: HTTP, WebSocket, client and API documents all read it. `temporary`: the same request may succeed later,
 *  so a client keeps what it wanted to send and tries again. Anything else is final until the user changes something. */
export const ERRORS = {
  bad_request: { status: 400, temporary: false },
  // The access token has run out: after it is renewed the same request is sent again.
  unauthorized: { status: 401, temporary: true },
  forbidden: { status: 403, temporary: false },
  not_found: { status: 404, temporary: false },
  method_not_allowed: { status: 405, temporary: false },
  conflict: { status: 409, temporary: false },
  gone: { status: 410, temporary: false },
  payload_too_large: { status: 413, temporary: false },
  unsupported_media_type: { status: 415, temporary: false },
  too_many_requests: { status: 429, temporary: true },
  internal: { status: 500, temporary: true },
  unavailable: { status: 503, temporary: true },
  insufficient_storage: { status: 507, temporary: true },
} as const;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];

/** The title of each error in the API. The client has words of its own and does not load these. */
export const ERROR_TITLES: Readonly<Record<ErrorCode, string>> = {
  bad_request: 'Invalid request',
  unauthorized: 'Authentication required',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  method_not_allowed: 'Method not allowed',
  conflict: 'Conflict',
  gone: 'No longer available',
  payload_too_large: 'Request too large',
  unsupported_media_type: 'Unsupported content type',
  too_many_requests: 'Too many requests',
  internal: 'Internal error',
  unavailable: 'Temporarily unavailable',
  insufficient_storage: 'The disk is nearly full',
};

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** The only error that is thrown on purpose. `detail` is shown to the user, so it contains no name, path or SQL. Only
 *  `{code, detail, retryAfterS}` crosses threads, because structured cloning drops class and code. */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';
  readonly code: ErrorCode;
  readonly retryAfterS: number | undefined;
  readonly errors: readonly FieldError[] | undefined;
  /** Bytes that are kept of the upload that was refused [G9]. */
  readonly received: number | undefined;
  /** For the operator's log only: what the client must not, or need not, be told. */
  readonly logged: string | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    options: {
      retryAfterS?: number;
      errors?: readonly FieldError[];
      received?: number;
      cause?: unknown;
      logged?: string;
    } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterS = options.retryAfterS;
    this.errors = options.errors;
    this.received = options.received;
    this.logged = options.logged;
  }
}

/** The code of anything that was thrown; `internal` unless it is a ParleyError. */
export const codeOf = (error: unknown): ErrorCode => (error instanceof ParleyError ? error.code : 'internal');

/** Whether the operator should see it: an error that was not thrown on purpose, or one that another failure caused. */
export const isOwnFault = (error: unknown): boolean =>
  codeOf(error) === 'internal' || (error instanceof ParleyError && error.cause !== undefined);
