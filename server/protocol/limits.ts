/** All limits of the wire, for the schemas, the server and the client. */

/** Bytes of one WebSocket frame, both directions. */
export const FRAME_MAX_BYTES = 64 * 1024;
/** Bytes of one HTTP request body. */
export const BODY_MAX_BYTES = 64 * 1024;
/** Unicode code points of one message. */
export const CONTENT_MAX_CODE_POINTS = 5000;

export const USERNAME_MIN = 3;
export const USERNAME_MAX = 32;
/** Unicode code points of a display name, and of what a user says about themselves [U1]. */
export const DISPLAY_NAME_MAX = 64;
export const ABOUT_MAX = 200;
/** Bytes of an avatar, and pixels of its longer side [U6]. */
export const AVATAR_MAX_BYTES = 256 * 1024;
export const AVATAR_MAX_PIXELS = 512;
/** Attachments of one message [G3]. */
export const ATTACHMENTS_PER_MESSAGE = 10;
/** Unicode code points of the name of an attachment [G2]. */
export const ATTACHMENT_NAME_MAX = 255;
/** Characters of the media type of an attachment [G2]. */
export const ATTACHMENT_TYPE_MAX = 127;
/** Attachments that one user has uploaded and not sent yet [G6]. */
export const UNSENT_ATTACHMENTS_MAX = 100;
/** Milliseconds for which an attachment is kept that nobody sends [G6]. */
export const UNSENT_ATTACHMENT_KEPT_MS = 24 * 3_600_000;
/** Until when a conversation can be muted at most: the last moment that RFC 3339 can write, which many programs take for “for ever”
 *  [C11]. Milliseconds since the epoch. */
export const MUTED_UNTIL_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** Users whom one user can block [B7]. */
export const BLOCKS_MAX = 1000;
/** Characters of the address to which pushes of a session go [N2]. */
export const PUSH_ENDPOINT_MAX = 2048;
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;

/** Rows of one page of history, search or a list. */
export const PAGE_DEFAULT = 50;
export const PAGE_MAX = 200;
/** Code points of a search; a longer one is refused. */
export const QUERY_MAX_CODE_POINTS = 1000;

/** Open connections of one user; one more closes the oldest (4409) [O11]. */
export const SOCKETS_PER_USER = 10;
/** Unsent bytes of one socket; a client that leaves more unread is closed (4429). */
export const UNSENT_MAX_BYTES = 1024 * 1024;
/** Refused frames in a row before a connection is closed (4429) [W5]. */
export const BAD_ENVELOPES_MAX = 20;
/** Messages in flight on one connection; one more is refused with `unavailable` [R3]. */
export const IN_FLIGHT_MAX = 2048;
/** Milliseconds for which a user stays online after the last connection is gone [S6]. */
export const PRESENCE_GRACE_MS = 5_000;
