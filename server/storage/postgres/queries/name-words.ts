/** Conditions on users by the words of their display names, as `user_name_words` has them [U7]. */

/** Whether a word of the user's display name begins with a text. */
const beginsWith = (user: string, text: string): string =>
  `EXISTS (SELECT FROM user_name_words b WHERE b.user_row = ${user} AND b.word >= ${text} AND b.word < ${text} || chr(1114111))`;

/** The rows `w` of `user_name_words` with their users `n`, one by one, as `NAMED_USERS`. */
export const NAMED_BY_WORD =
  'user_name_words w CROSS JOIN LATERAL (SELECT row, username FROM users WHERE row = w.user_row LIMIT 1) n';

/** Whether each of the texts of an array begins a word of the display name of a user, of whom `users` has the row, or is what `otherwise`
 *  says of it. */
export const hasWords = (terms: string, users = 'n', otherwise = 'false'): string =>
  `NOT EXISTS (SELECT 1 FROM unnest(${terms}::text[]) AS term
     WHERE NOT (${otherwise} OR ${beginsWith(`${users}.row`, 'term')}))`;

/** Whether a row `w` of `user_name_words` begins with a text (`from`, and `below` it) and is the first one of its user that does, so that
 *  each user is found once. */
export const isFirstWord = (from: string, below: string): string =>
  `w.word >= ${from} AND w.word < ${below}
   AND NOT EXISTS (SELECT FROM user_name_words b WHERE b.user_row = w.user_row AND b.word >= ${from} AND b.word < w.word)`;
