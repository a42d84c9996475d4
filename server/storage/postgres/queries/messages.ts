import { pairOf } from '../../pair.ts';
import { messageRange } from '../../presenting/message-range.ts';
import { Presenters } from '../../presenting/presenters.ts';
import { firstSeq } from '../../rules/conversation-record.ts';
import { statement } from '../sql.ts';
import {
  LoadedRows,
  messageColumns,
  toMessage,
  type MessageTuple,
  type ShownConversationTuple,
} from './loaded-rows.ts';
import type { Queries } from '../../reads.ts';
import type { PostgresQueryDeps } from './query-deps.ts';
import { loadReactions } from './reactions.ts';
import { loadAttachments } from './shown-attachments.ts';
import { joinedWith, SHOWN_CONVERSATION } from './shown-conversations.ts';

type MessageQueries = Pick<Queries, 'messageLocation' | 'messages'>;

const LOCATION = statement<[conversationId: string, seq: number, senderId: string, recipientId: string]>(
  'message_location',
  `SELECT c.id, m.seq, s.id, r.id FROM messages m
     JOIN conversations c ON c.row = m.conversation
     JOIN users s ON s.row = m.sender JOIN users r ON r.row = m.recipient
   WHERE m.id = $1
   UNION ALL SELECT c.id, r.seq, s.id, p.id FROM removed_messages r
     JOIN conversations c ON c.row = r.conversation
     JOIN users s ON s.row = r.sender JOIN users p ON p.row = c.low + c.high - r.sender
   WHERE r.id = $1`,
);
const CONVERSATION = statement<ShownConversationTuple>(
  'conversation_of_messages',
  `SELECT ${SHOWN_CONVERSATION} FROM conversations c ${joinedWith('false')} WHERE c.id = $1`,
);
const PAGE = statement<MessageTuple>(
  'messages',
  `SELECT ${messageColumns('m')} FROM messages m
   WHERE m.conversation = $1 AND m.seq >= $2 AND m.seq <= $3 ORDER BY m.seq`,
);

/** History, by arithmetic over the gapless `seq`. [P3] */
export const messageQueries = ({ database, clock }: PostgresQueryDeps): MessageQueries => ({
  async messageLocation(messageId) {
    const [found] = await database.query(LOCATION, [messageId]);
    if (found === undefined) return null;
    const [conversationId, seq, senderId, recipientId] = found;
    return { conversationId, pair: pairOf(senderId, recipientId), seq, senderId };
  },
  messages: (viewerId, conversationId, page) =>
    database.snapshot(async (sql) => {
      const [found] = await sql.query(CONVERSATION, [conversationId]);
      if (found === undefined) return null;
      const rows = new LoadedRows(clock.now());
      const record = rows.addConversation(found);
      const viewer = rows.userOf(record, viewerId);
      if (viewer === null) return null;
      const { from, to, has_more } = messageRange(firstSeq(record, viewer.row), record.lastSeq, page);
      const [messages] =
        from > to
          ? [[]]
          : await Promise.all([
              sql.query(PAGE, [record.row, from, to]),
              loadReactions(sql, rows, [{ conversation: record.row, first: from, last: to }]),
            ]);
      const shown = messages.map(toMessage);
      await loadAttachments(sql, rows, shown);
      return { messages: new Presenters(rows, viewer.row).messages(shown), has_more };
    }),
});
