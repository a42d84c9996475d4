import { removedSeq, type ConversationRecord, type Side } from './conversation-record.ts';

/** A message that retention takes out of its conversation. */
export interface OldMessage {
  readonly seq: number;
  /** The row of its sender. */
  readonly sender: number;
  readonly sentAt: number;
}

/** A receipt in the log of a user. */
interface LoggedReceipt {
  readonly user: number;
  readonly cursor: number;
}

/** Whether these messages are the oldest ones of a conversation that are still there. */
export const areOldest = (record: ConversationRecord, messages: readonly OldMessage[]): boolean => {
  const removed = removedSeq(record);
  return (
    removed + messages.length <= record.lastSeq && messages.every(({ seq }, at) => seq === removed + at + 1)
  );
};

/** Notes in a conversation that its oldest messages are gone. Positions and counts stay. Returns the receipts for messages that are gone,
 *  which have to be removed from the logs: a position says what they said. */
export const noteRemoved = (
  record: ConversationRecord,
  messages: readonly OldMessage[],
): readonly LoggedReceipt[] => {
  const { sideA, sideB } = record;
  for (const { sender, sentAt } of messages) {
    (sender === sideA.user ? sideA : sideB).removed += 1;
    record.removedUntil = Math.max(record.removedUntil, sentAt);
  }
  const removed = removedSeq(record);
  for (const { recent } of [sideA, sideB])
    recent.splice(0, recent.length, ...recent.filter(({ seq }) => seq > removed));
  return [
    ...forgetReceipts(sideA, sideB.user, removed),
    ...forgetReceipts(sideB, sideA.user, removed),
  ].filter(({ cursor }) => cursor > 0);
};

/** `peer`: whose log holds the receipts for their messages. */
const forgetReceipts = (mine: Side, peer: number, removed: number): readonly LoggedReceipt[] => {
  const forgotten: LoggedReceipt[] = [];
  if (mine.delivered <= removed) {
    forgotten.push({ user: peer, cursor: mine.deliveredEvent });
    mine.deliveredEvent = 0;
  }
  if (mine.read <= removed) {
    forgotten.push({ user: peer, cursor: mine.readEvent }, { user: mine.user, cursor: mine.ownReadEvent });
    mine.readEvent = 0;
    mine.ownReadEvent = 0;
  }
  return forgotten;
};
