import { messageRange } from '../../presenting/message-range.ts';
import { firstSeq } from '../../rules/conversation-record.ts';
import { pairOf } from '../../pair.ts';
import { memberOf } from './conversations.ts';
import { Presenters } from '../../presenting/presenters.ts';
import { removedLocations } from './removed-messages.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type MessageQueries = Pick<SnapshotQueries, 'messageLocation' | 'messages'>;

/** History, by arithmetic over the gapless `seq`. [P3] */
export const messageQueries = (deps: QueryDeps): MessageQueries => ({
  ...locationQuery(deps),
  ...historyQuery(deps),
});

const locationQuery = (deps: QueryDeps): Pick<MessageQueries, 'messageLocation'> => {
  const removedLocation = removedLocations(deps);
  return {
    messageLocation(rx, messageId) {
      const rows = deps.rows(rx);
      const message = rows.message(messageId);
      if (message === null) return removedLocation(rx, messageId);
      const senderId = rows.userAt(message.sender).id;
      const recipientId = rows.userAt(message.recipient).id;
      return {
        conversationId: rows.conversationAt(message.conversation).id,
        pair: pairOf(senderId, recipientId),
        seq: message.seq,
        senderId,
      };
    },
  };
};

const historyQuery = (deps: QueryDeps): Pick<MessageQueries, 'messages'> => ({
  messages(rx, viewerId, conversationId, page) {
    const rows = deps.rows(rx);
    const viewer = rows.user(viewerId);
    const record = viewer === null ? null : memberOf(rows, viewer.row, conversationId);
    if (viewer === null || record === null) return null;
    const { from, to, has_more } = messageRange(firstSeq(record, viewer.row), record.lastSeq, page);
    const presenters = new Presenters(rows, viewer.row);
    const found = deps.chains(rx, rows).messages(record, from, to);
    return { messages: presenters.messages(found), has_more };
  },
});
