/** Kinds of a log's events that are not messages (`events.kind`). */
export const KIND = {
  delivered: 1,
  read: 2,
  conversationCreated: 3,
  conversationDeleted: 4,
  userDeleted: 5,
  reaction: 6,
  userUpdated: 7,
  conversationUpdated: 8,
  userBlocked: 9,
  userUnblocked: 10,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];
export type KindName = keyof typeof KIND;
/** Those about a user whom the owner of the log has blocked, or no longer blocks. */
export type BlockKind = typeof KIND.userBlocked | typeof KIND.userUnblocked;
export type ReceiptKind = typeof KIND.delivered | typeof KIND.read;
