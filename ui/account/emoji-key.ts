/** Where the emoji picker remembers what was used last. It is forgotten when the user logs out. */
export const EMOJI_KEY = 'parley.emoji';
