import { pairOf } from '../../pair.ts';
import type { MessageLocation } from '../../reads.ts';
import type { Rx } from '../transactions.ts';
import { fromBlob, toBlob } from '../uuid.ts';
import type { QueryDeps } from './snapshot-queries.ts';

type RawLocation = [conversation: Buffer, seq: number, sender: Buffer, recipient: Buffer];

/** Where a message was that retention has removed: a receipt for it is no fault. */
export const removedLocations = ({
  db,
}: QueryDeps): ((rx: Rx, messageId: string) => MessageLocation | null) => {
  const find = db
    .read<[Buffer], RawLocation>(
      `SELECT c.id, r.seq, s.id, p.id FROM removed_messages r JOIN conversations c ON c.row = r.conversation
       JOIN users s ON s.row = r.sender JOIN users p ON p.row = c.low + c.high - r.sender WHERE r.id = ?`,
    )
    .raw();
  return (rx, messageId) => {
    const found = rx.get(find, toBlob(messageId));
    if (found === undefined) return null;
    const [conversation, seq, sender, recipient] = found;
    const senderId = fromBlob(sender);
    return {
      conversationId: fromBlob(conversation),
      pair: pairOf(senderId, fromBlob(recipient)),
      seq,
      senderId,
    };
  };
};
