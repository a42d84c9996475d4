/** Kinds of a log's events that are not messages (`events.kind`). */
export const KIND = {
  delivered: 1,
  read: 2,
  conversationCreated: 3,
  conversationDeleted: 4,
  userDeleted: 5,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];
export type KindName = keyof typeof KIND;
export type ReceiptKind = typeof KIND.delivered | typeof KIND.read;
