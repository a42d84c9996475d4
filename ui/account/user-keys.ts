/** Where the emoji picker remembers what was used last. */
export const EMOJI_KEY = 'parley.emoji';
/** Where it is kept what the server takes of attachments, for a start without a connection. */
export const LIMITS_KEY = 'parley.fileLimits';

/** What this browser remembers of a user beside the database. It is forgotten when the user logs out. */
export const USER_KEYS = [EMOJI_KEY, LIMITS_KEY];
