/** Bounds that every store keeps, whatever the database behind it. */

/** Spent refresh tokens that are remembered for a session: more than a month of hourly renewals. An older one is just invalid
 *  [S4] [P9]. */
export const SPENT_MAX = 1_024;
/** How long a login slot lasts if nobody settles it: longer than a password waits for its hash. */
export const LOGIN_SLOT_MS = 30_000;
/** A host whose last heartbeat is older than this is dead. The next heartbeat of another host finds it out, a second later at most. */
export const HOST_SILENT_MS = 4_000;
/** How long a dead host is remembered after its connections are gone. */
export const HOST_KEPT_MS = 60_000;
/** Addresses that one `unlockLogins` handles: a user name may have been tried from any number of them. */
export const UNLOCKED_AT_ONCE = 500;
/** Rows that the transaction which decides a deletion already handles: enough for a user with few messages. */
export const DELETED_AT_ONCE = 32;
/** Partners whom the transaction that changes a profile already tells: enough for most users. */
export const TOLD_AT_ONCE = 32;
/** Audit records that are kept: no older ones, and no more of them [P9]. A year and what an audit takes to begin. */
export const AUDIT_KEPT_MS = 400 * 86_400_000;
export const AUDIT_KEPT = 100_000;
/** A run of retention that has done nothing for so long was broken off, and another one may begin. */
export const RETENTION_SILENT_MS = 60_000;
/** Registrations of an address are counted in windows of this length. */
export const SIGNUP_WINDOW_MS = 3_600_000;
