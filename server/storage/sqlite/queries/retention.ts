import { expiredCount } from '../../rules/expired-messages.ts';
import type { ExpiredMessage } from '../../reads.ts';
import { fromBlob } from '../uuid.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type RetentionQueries = Pick<SnapshotQueries, 'retention' | 'expiredMessages'>;

type RawMessage = [
  ...[row: number, id: Buffer, conversation: Buffer, seq: number, sender: Buffer],
  ...[senderCursor: number, recipientCursor: number, sentAt: number, content: string],
];

/** What retention has removed, and what it removes next: messages go in the order in which they were stored. */
export const retentionQueries = ({ db, clock }: QueryDeps): RetentionQueries => {
  const state = db.read<[], { removed: number; lastRunAt: number | null }>(
    'SELECT removed, last_run_at AS lastRunAt FROM retention WHERE one = 1',
  );
  const oldest = db
    .read<{ after: number; limit: number }, RawMessage>(
      `SELECT m.row, m.id, c.id, m.seq, s.id, m.sender_cursor, m.recipient_cursor, m.sent_at, m.content
       FROM messages m JOIN conversations c ON c.row = m.conversation JOIN users s ON s.row = m.sender
       WHERE m.row > @after ORDER BY m.row LIMIT @limit + 0`,
    )
    .raw();
  return {
    retention: (rx) => rx.get(state) ?? { removed: 0, lastRunAt: null },
    expiredMessages(rx, { before, after, limit }) {
      const found = rx.all(oldest, { after: Number(after ?? 0), limit });
      const times = found.map((raw) => raw[7]);
      const messages = found.slice(0, expiredCount(times, before, clock.now())).map(toExpired);
      const last = found[messages.length - 1];
      const isMore = last !== undefined && messages.length === found.length && found.length === limit;
      return { messages, next: isMore ? String(last[0]) : null };
    },
  };
};

const toExpired = ([
  ,
  id,
  conversation,
  seq,
  sender,
  senderCursor,
  recipientCursor,
  sentAt,
  content,
]: RawMessage): ExpiredMessage => ({
  id: fromBlob(id),
  conversationId: fromBlob(conversation),
  seq,
  senderId: fromBlob(sender),
  senderCursor,
  recipientCursor,
  sentAt,
  content,
});
