import { mySide, peerSide } from './conversation-record.ts';
import { hasSettings, resetSettings } from './conversation-settings.ts';
import { KIND } from './event-kinds.ts';
import { isLiving } from './known-user.ts';
import { releaseUnseen } from './release-unseen.ts';
import { blockBetween } from './set-block.ts';
import type { Records, Rule } from './records.ts';

/** Opens a conversation for the user who asks. The peer's list shows it from the first message on [C3]. If the user had deleted
 *  it, it is listed again, at the top, and the user's other devices are told. */
export const openConversation = <Tx>(records: Records<Tx>): Rule<Tx, 'openConversation'> => {
  const { users, conversations, log } = records;
  return (tx, { userId, peerId, newConversationId }, now) => {
    const user = users.find(tx, userId);
    const peer = users.find(tx, peerId);
    if (!isLiving(user) || peer === null || user.row === peer.row) return { kind: 'not-found' };
    if (!isLiving(peer)) return { kind: 'peer-deleted' };
    const known = conversations.findByPair(tx, user.row, peer.row);
    const by = blockBetween(records, tx, { from: user, to: peer, record: known });
    if (by === 'recipient') return { kind: 'blocked', by };
    // The list of the one who made it shows it already.
    if (known !== null && !mySide(known, user.row).hidden)
      return { kind: 'existed', conversationId: known.id };
    if (by !== null) return { kind: 'blocked', by };
    const opener = { row: user.row, activity: log.nextCursor(tx, user.row) };
    const record = known ?? conversations.create(tx, newConversationId, opener, peer.row, now);
    if (known !== null) conversations.reopened(tx, known, mySide(known, user.row), opener.activity);
    const cursor = log.addEvent(tx, user.row, KIND.conversationCreated, now, record);
    records.tellLogged(tx, userId, cursor);
    return { kind: known === null ? 'created' : 'existed', conversationId: record.id };
  };
};

/** Hides and empties a conversation: no query ever shows this user again what it contains now, and what they had set for it is reset
 *  [C4] [C13]. */
export const hideConversation = <Tx>(records: Records<Tx>): Rule<Tx, 'hideConversation'> => {
  const { users, conversations, log } = records;
  return (tx, { userId, conversationId }, now) => {
    const user = users.find(tx, userId);
    const record = conversations.find(tx, conversationId);
    // Nothing is added to the log of a deleted user: what was on its way comes too late.
    if (!isLiving(user) || record === null) return { kind: 'not-found' };
    const mine = mySide(record, user.row);
    if (mine.user !== user.row) return { kind: 'not-found' };
    if (mine.hidden && mine.cleared === record.lastSeq) {
      // What was set since is told to nobody, and neither is that it goes.
      if (hasSettings(mine)) conversations.changed(record);
      resetSettings(records, tx, mine);
      return { kind: 'hidden' };
    }
    mine.hidden = true;
    mine.cleared = record.lastSeq;
    mine.clearedCount = peerSide(record, user.row).sent;
    resetSettings(records, tx, mine);
    conversations.changed(record);
    const peer = users.at(tx, peerSide(record, user.row).user);
    releaseUnseen(records, tx, record, (side) => side.user === peer.row && !isLiving(peer));
    const cursor = log.addEvent(tx, user.row, KIND.conversationDeleted, now, record);
    records.tellLogged(tx, userId, cursor);
    return { kind: 'hidden' };
  };
};
