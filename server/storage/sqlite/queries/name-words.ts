/** Conditions on users by the words of their display names, as `user_name_words` has them [U7]. */

/** Whether a word of the user's display name begins with a text. */
const beginsWith = (user: string, text: string): string =>
  `EXISTS (SELECT 1 FROM user_name_words n WHERE n.user = ${user} AND n.word >= ${text} AND n.word < ${text} || char(1114111))`;

/** Whether each term of the JSON array `terms` begins a word of the display name of `users u`, or is what `otherwise` says. */
export const hasWords = (terms: string, otherwise = 'false'): string =>
  `NOT EXISTS (SELECT 1 FROM json_each(${terms}) term WHERE NOT (${otherwise} OR ${beginsWith('u.row', 'term.value')}))`;

/** Whether a row `w` of `user_name_words` begins with `@first` and is the first one of its user that does, so that each user is found once. */
export const IS_FIRST_WORD = `w.word >= @first AND w.word < @first || char(1114111)
  AND NOT EXISTS (SELECT 1 FROM user_name_words n WHERE n.user = w.user AND n.word >= @first AND n.word < w.word)`;
