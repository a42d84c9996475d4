/** Messages of a log that one call of `undelivered` looks at, however few of them match [P9]. */
export const LOOKED_MAX = 2_048;
/** Conversations with undelivered messages in which the first of them is looked up; with more of them a log is read from its
 *  start. */
export const LOOKUPS_MAX = 256;
/** After every character that a name may hold. */
export const AFTER_ALL = '\u{10FFFF}';
