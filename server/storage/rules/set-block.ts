import { BLOCKS_MAX } from '../../protocol/limits.ts';
import { mySide, peerSide, type ConversationRecord } from './conversation-record.ts';
import { KIND } from './event-kinds.ts';
import { isLiving, type LivingUser } from './known-user.ts';
import type { Records, Rule } from './records.ts';

/** Blocks or unblocks a user, and tells the devices of the one who does so [B1] [B6]. */
export const setBlock = <Tx>(records: Records<Tx>): Rule<Tx, 'setBlock'> => {
  const { users, conversations, log, blocks } = records;
  return (tx, { userId, peerId, blocked }, now) => {
    const user = users.find(tx, userId);
    const peer = users.find(tx, peerId);
    if (!isLiving(user) || peer === null || peer.row === user.row) return { kind: 'not-found' };
    if (blocked && !isLiving(peer)) return { kind: 'peer-deleted' };
    if (blocks.has(tx, user.row, peer.row) === blocked) return { kind: 'unchanged' };
    if (!blocked) blocks.remove(tx, user.row, peer.row);
    else if (blocks.count(tx, user.row) >= BLOCKS_MAX) return { kind: 'too-many' };
    else blocks.add(tx, user.row, peer.row, now);
    const record = conversations.findByPair(tx, user.row, peer.row);
    if (record !== null) {
      mySide(record, user.row).blocks = blocked;
      conversations.changed(record);
    }
    const kind = blocked ? KIND.userBlocked : KIND.userUnblocked;
    records.tellLogged(tx, userId, log.addBlock(tx, user.row, kind, now, peer.row));
    const isSeen = record !== null && mySide(record, user.row).sent > 0;
    return { kind: 'changed', isSeen };
  };
};

/** Who of the two blocks the other one; null if neither does. `record`: their conversation. Where there is none, none can begin while one
 *  of them blocks the other [B2]. */
export const blockBetween = <Tx>(
  { blocks }: Pick<Records<Tx>, 'blocks'>,
  tx: Tx,
  {
    from,
    to,
    record,
  }: { readonly from: LivingUser; readonly to: LivingUser; readonly record: ConversationRecord | null },
): 'sender' | 'recipient' | null => {
  const isBlocked = record === null ? blocks.has(tx, to.row, from.row) : peerSide(record, from.row).blocks;
  if (isBlocked) return 'recipient';
  const blocksThem = record === null ? blocks.has(tx, from.row, to.row) : mySide(record, from.row).blocks;
  return blocksThem ? 'sender' : null;
};
