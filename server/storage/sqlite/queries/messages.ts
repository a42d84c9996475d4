import { messageRange } from '../../presenting/message-range.ts';
import { mySide } from '../../rules/conversation-record.ts';
import { pairOf } from '../../pair.ts';
import { memberOf } from './conversations.ts';
import { Presenters } from '../../presenting/presenters.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type MessageQueries = Pick<SnapshotQueries, 'messageLocation' | 'messages'>;

/** History, by arithmetic over the gapless `seq`. [P3] */
export const messageQueries = (deps: QueryDeps): MessageQueries => ({
  messageLocation(rx, messageId) {
    const rows = deps.rows(rx);
    const message = rows.message(messageId);
    if (message === null) return null;
    const senderId = rows.userAt(message.sender).id;
    const recipientId = rows.userAt(message.recipient).id;
    return {
      conversationId: rows.conversationAt(message.conversation).id,
      pair: pairOf(senderId, recipientId),
      seq: message.seq,
      senderId,
    };
  },
  messages(rx, viewerId, conversationId, page) {
    const rows = deps.rows(rx);
    const viewer = rows.user(viewerId);
    const record = viewer === null ? null : memberOf(rows, viewer.row, conversationId);
    if (viewer === null || record === null) return null;
    const first = mySide(record, viewer.row).cleared + 1;
    const { from, to, has_more } = messageRange(first, record.lastSeq, page);
    const presenters = new Presenters(rows, viewer.row);
    const found = deps.chains(rx, rows).messages(record, from, to);
    return { messages: found.map((message) => presenters.message(message)), has_more };
  },
});
