import { removedSeq, type ConversationRecord, type Side } from './conversation-record.ts';
import type { Records } from './records.ts';

/** Lets go of the attachments in a conversation that nobody can see any more [G7]: each of the two has deleted the conversation with them, or
 *  their account. To be called when either does so. `isGone`: whether the user of a side is deleted. */
export const releaseUnseen = <Tx>(
  { attachments }: Pick<Records<Tx>, 'attachments'>,
  tx: Tx,
  record: ConversationRecord,
  isGone: (side: Side) => boolean,
): void => {
  const unseenBy = (side: Side): number => (isGone(side) ? record.lastSeq : side.cleared);
  const unseen = Math.min(unseenBy(record.sideA), unseenBy(record.sideB));
  // What retention has removed was let go of then.
  if (unseen > removedSeq(record)) attachments.release(tx, record, unseen);
};
