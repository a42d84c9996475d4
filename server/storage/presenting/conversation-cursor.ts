/** Where a page of a user's list of conversations ended: at an activity. */
export const conversationCursor = (activity: number): string =>
  Buffer.from(`a${String(activity)}`).toString('base64url');

/** The activity below which the next page begins. Null for an invalid cursor: nonsense, or one from a build that ordered by time
 *  [C5]. */
export const parseConversationCursor = (text: string): number | null => {
  const match = /^a(\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  return match === null ? null : Number(match[1]);
};
