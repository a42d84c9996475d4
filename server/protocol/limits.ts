/** Every number that bounds the wire. One table for the schemas, the server and the client. */

/** Bytes of one WebSocket frame, both directions. */
export const FRAME_MAX_BYTES = 64 * 1024;
/** Bytes of one HTTP request body. */
export const BODY_MAX_BYTES = 64 * 1024;
/** Unicode code points of one message. */
export const CONTENT_MAX_CODE_POINTS = 5000;

export const USERNAME_MIN = 3;
export const USERNAME_MAX = 32;
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;

/** Rows of one page of history, search or a list. */
export const PAGE_DEFAULT = 50;
export const PAGE_MAX = 200;
/** Code points of a search; a longer one is refused. */
export const QUERY_MAX_CODE_POINTS = 1000;

/** Open sockets of one person; the oldest gives way (4409). */
export const SOCKETS_PER_USER = 10;
/** Unsent bytes of one socket; a client that leaves more unread is closed (4429). */
export const UNSENT_MAX_BYTES = 1024 * 1024;
/** Refused envelopes in a row before a socket is closed (4429). */
export const BAD_ENVELOPES_MAX = 20;
/** Messages of one connection that wait for their answer; one more is refused with `unavailable`. */
export const IN_FLIGHT_MAX = 2048;
/** Milliseconds a person stays online after the last connection is gone. */
export const PRESENCE_GRACE_MS = 5_000;
