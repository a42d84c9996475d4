import { mySide, peerSide, type ConversationRecord, type Side } from './conversation-record.ts';
import { KIND } from './event-kinds.ts';
import { isLiving, type KnownUser } from './known-user.ts';
import type { Records, Rule } from './records.ts';

/** Changes what a user has set for one of their conversations, and tells their other devices [C10]. Of a conversation that their list
 *  leaves out nobody is told: no device shows it. */
export const changeSettings = <Tx>(records: Records<Tx>): Rule<Tx, 'changeSettings'> => {
  const { users, conversations } = records;
  return (tx, { userId, conversationId, pinned, archived, mutedUntil }, now) => {
    const user = users.find(tx, userId);
    const record = conversations.find(tx, conversationId);
    // Nothing is added to the log of a deleted user: what was on its way comes too late.
    if (!isLiving(user) || record === null) return { kind: 'not-found' };
    const mine = mySide(record, user.row);
    if (mine.user !== user.row) return { kind: 'not-found' };
    const next = {
      pinned: pinned ?? mine.pinned,
      archived: archived ?? mine.archived,
      mutedUntil: mutedUntil === undefined ? mine.mutedUntil : (mutedUntil ?? 0),
    };
    const isSame =
      next.pinned === mine.pinned &&
      next.archived === mine.archived &&
      mutedTime(next.mutedUntil, now) === mutedTime(mine.mutedUntil, now);
    if (isSame) return { kind: 'unchanged' };
    Object.assign(mine, next);
    conversations.changed(record);
    if (!mine.hidden) tellSettings(records, tx, user, record, now);
    return { kind: 'changed' };
  };
};

/** Until when a conversation is muted now; 0: it is not, or not any more. */
export const mutedTime = (mutedUntil: number, now: number): number => (mutedUntil > now ? mutedUntil : 0);

/** A message that was just stored takes its conversation out of the archive of its sender, and out of that of the recipient unless it is
 *  muted there [C12]. */
export const takeFromArchive = <Tx>(
  records: Records<Tx>,
  tx: Tx,
  record: ConversationRecord,
  { sender, recipient }: { readonly sender: KnownUser; readonly recipient: KnownUser },
  now: number,
): void => {
  if (!record.sideA.archived && !record.sideB.archived) return;
  for (const user of [sender, recipient]) {
    const side = mySide(record, user.row);
    if (!side.archived || (user === recipient && mutedTime(side.mutedUntil, now) > 0)) continue;
    side.archived = false;
    tellSettings(records, tx, user, record, now);
  }
};

/** In the log, the event takes the place of an earlier one. */
const tellSettings = <Tx>(
  records: Records<Tx>,
  tx: Tx,
  user: KnownUser,
  record: ConversationRecord,
  now: number,
): void => {
  const { conversations, log } = records;
  const side = mySide(record, user.row);
  log.dropEvent(tx, user.row, side.settingsEvent);
  side.settingsEvent = log.addEvent(tx, user.row, KIND.conversationUpdated, now, record);
  conversations.changed(record);
  records.tellLogged(tx, user.id, side.settingsEvent);
};

/** Whether a user has set anything for a conversation. */
export const hasSettings = ({ pinned, archived, mutedUntil }: Side): boolean =>
  pinned || archived || mutedUntil !== 0;

/** A side as it was before anything was set, as it is after the conversation was deleted there. The event that told of the last change
 *  goes too. */
export const resetSettings = <Tx>({ log }: Pick<Records<Tx>, 'log'>, tx: Tx, side: Side): void => {
  log.dropEvent(tx, side.user, side.settingsEvent);
  Object.assign(side, { pinned: false, archived: false, mutedUntil: 0, settingsEvent: 0 });
};

/** What a conversation holds of the settings of a user who is deleted, and of blocks between the two. Returns whether that changed
 *  anything. The events of the user's log go on their own. */
export const forgetUser = (record: ConversationRecord, user: number): boolean => {
  const mine = mySide(record, user);
  const theirs = peerSide(record, user);
  if (!hasSettings(mine) && !mine.blocks && !theirs.blocks) return false;
  Object.assign(mine, { pinned: false, archived: false, mutedUntil: 0, settingsEvent: 0, blocks: false });
  theirs.blocks = false;
  return true;
};
