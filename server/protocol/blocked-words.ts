/** What is said to whoever wants to write although one of the two blocks the other, by who blocks: the one who is told (`sender`), or the
 *  other one [B2]. */
export const BLOCKED_WORDS = {
  sender: 'You have blocked this person.',
  recipient: 'This person does not take messages from you.',
} as const;
