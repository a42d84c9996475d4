import { mySide, peerSide } from '../write-cache/conversation-record.ts';
import { KIND } from '../write-cache/log.ts';
import { tellLogged } from './context.ts';
import type { MakeWrite } from './context.ts';

/** Opens a conversation for the person who asks; the other one's list shows it from the first message on (SPEC §5.3). One that the
 *  person had deleted is listed again, first, and their other devices hear of it. */
export const openConversation: MakeWrite<'openConversation'> = (context) => {
  const { people, conversations, log } = context;
  return ({ userId, peerId, newConversationId }, now) => {
    const user = people.findLiving(userId);
    const peer = people.find(peerId);
    if (user === null || peer === null || user.row === peer.row) return { kind: 'not-found' };
    if (peer.name === null) return { kind: 'peer-deleted' };
    const known = conversations.findByPair(user.row, peer.row);
    // The list of the one who made it shows it already.
    if (known !== null && !mySide(known, user.row).hidden)
      return { kind: 'existed', conversationId: known.id };
    const opener = { row: user.row, activity: log.nextCursor(user.row) };
    const record = known ?? conversations.create(newConversationId, opener, peer.row, now);
    if (known !== null) conversations.reopened(known, mySide(known, user.row), opener.activity);
    const cursor = log.addEvent(user.row, KIND.conversationCreated, now, record.row);
    tellLogged(context, userId, cursor);
    return { kind: known === null ? 'created' : 'existed', conversationId: record.id };
  };
};

/** Hides and empties: what is there now is never shown to this person again, by no query. */
export const hideConversation: MakeWrite<'hideConversation'> = (context) => {
  const { people, conversations, log } = context;
  return ({ userId, conversationId }, now) => {
    const user = people.find(userId);
    const record = conversations.find(conversationId);
    if (user === null || record === null) return { kind: 'not-found' };
    const mine = mySide(record, user.row);
    if (mine.user !== user.row) return { kind: 'not-found' };
    if (mine.hidden && mine.cleared === record.lastSeq) return { kind: 'hidden' };
    mine.hidden = true;
    mine.cleared = record.lastSeq;
    mine.clearedCount = peerSide(record, user.row).sent;
    conversations.changed(record);
    const cursor = log.addEvent(user.row, KIND.conversationDeleted, now, record.row);
    tellLogged(context, userId, cursor);
    return { kind: 'hidden' };
  };
};
