import type { ExpiredMessage, Queries } from '../../reads.ts';
import { expiredCount } from '../../rules/expired-messages.ts';
import { statement } from '../sql.ts';
import { repliedTo } from './loaded-rows.ts';
import type { PostgresQueryDeps } from './query-deps.ts';

type RetentionQueries = Pick<Queries, 'retention' | 'expiredMessages'>;

/** Conversations that one call looks at. */
const LOOKED_AT = 500;

const STATE = statement<[removed: number, lastRunAt: number | null]>(
  'retention',
  'SELECT removed, last_run_at FROM retention',
);
/** The last of the conversations that a call looks at, and the first of them whose oldest message may go. `$2`: in the one at which the
 *  page before has ended, the `seq` that it has reached. */
const NEXT = statement<[last: number | null, conversation: number | null, from: number | null]>(
  'next_expired',
  `WITH looked_at AS MATERIALIZED (
     SELECT row, low_removed + high_removed AS removed FROM conversations WHERE row >= $1 ORDER BY row LIMIT $3
   )
   SELECT (SELECT max(row) FROM looked_at), found.row, found.seq
   FROM (SELECT) one LEFT JOIN (
     SELECT c.row, m.seq FROM looked_at c JOIN messages m ON m.conversation = c.row
       AND m.seq = greatest(c.removed, CASE WHEN c.row = $1 THEN $2::integer ELSE 0 END) + 1
     WHERE m.sent_at < $4 OR m.sent_at > $5 ORDER BY c.row LIMIT 1
   ) found ON true`,
);
type MessageColumns = readonly [
  ...[id: string, conversationId: string, seq: number, senderId: string],
  ...[senderCursor: number, recipientCursor: number, sentAt: number, content: string],
  ...[replyTo: string | null, replySeq: number | null, attachments: readonly string[] | null],
];
type AttachmentColumns = readonly [
  ...[seq: number, id: string, name: string, type: string, size: number],
  ...[sha256: Buffer, at: number, position: number],
];
type ReactionColumns = readonly [
  ...[seq: number, userId: string, emoji: string, at: number, cursor: number, peerCursor: number],
];
const MESSAGES = statement<MessageColumns>(
  'expired_messages',
  `SELECT m.id, c.id, m.seq, s.id, m.sender_cursor, m.recipient_cursor, m.sent_at, m.content, m.reply_to, m.reply_seq,
     m.attachments
   FROM messages m JOIN conversations c ON c.row = m.conversation JOIN users s ON s.row = m.sender
   WHERE m.conversation = $1 AND m.seq >= $2 ORDER BY m.seq LIMIT $3`,
);
const REACTIONS = statement<ReactionColumns>(
  'expired_reactions',
  `SELECT x.seq, u.id, x.emoji, x.at, x.cursor, x.peer_cursor FROM reactions x JOIN users u ON u.row = x.user_row
   WHERE x.conversation = $1 AND x.seq >= $2 AND x.seq < $2::integer + $3::integer AND x.is_current AND x.emoji IS NOT NULL
   ORDER BY x.row`,
);

const ATTACHMENTS = statement<AttachmentColumns>(
  'expired_attachments',
  `SELECT seq, id, name, type, size, sha256, at, position FROM attachments
   WHERE conversation = $1 AND seq >= $2 AND seq < $2::integer + $3::integer ORDER BY seq, position`,
);

/** What retention has removed, and what it removes next: conversation by conversation. `after`: a conversation, and the `seq` that was
 *  reached there. */
export const retentionQueries = ({ database, clock }: PostgresQueryDeps): RetentionQueries => ({
  async retention() {
    const [[removed, lastRunAt] = [0, null]] = await database.query(STATE);
    return { removed, lastRunAt };
  },
  expiredMessages: ({ before, after, limit }) =>
    database.snapshot(async (sql) => {
      const [row = 0, seq = 0] = (after ?? '').split(':').map(Number);
      const now = clock.now();
      const [next] = await sql.query(NEXT, [row, seq, LOOKED_AT, before, now]);
      const [last, conversation, from] = next ?? [null, null, null];
      if (last === null) return { messages: [], next: null };
      if (conversation === null) return { messages: [], next: position(last + 1, 0) };
      const [found, reacted, attached] = await Promise.all([
        sql.query(MESSAGES, [conversation, from, limit]),
        sql.query(REACTIONS, [conversation, from, limit]),
        sql.query(ATTACHMENTS, [conversation, from, limit]),
      ]);
      const times = found.map((columns) => columns[6]);
      const messages = found
        .slice(0, expiredCount(times, before, now))
        .map((columns) => toExpired(columns, reacted, attached));
      const isMore = messages.length === limit;
      const reached = messages.at(-1)?.seq ?? 0;
      return { messages, next: isMore ? position(conversation, reached) : position(conversation + 1, 0) };
    }),
});

const position = (row: number, seq: number): string => `${String(row)}:${String(seq)}`;

const toExpired = (
  columns: MessageColumns,
  reacted: readonly ReactionColumns[],
  attached: readonly AttachmentColumns[],
): ExpiredMessage => {
  const [id, conversationId, seq, senderId, senderCursor, recipientCursor, sentAt, content, ...more] =
    columns;
  const [replyTo, replySeq, attachments] = more;
  return {
    ...{ id, conversationId, seq, senderId, senderCursor, recipientCursor, sentAt, content },
    replyTo: repliedTo(replyTo, replySeq),
    reactions: reacted
      .filter(([of]) => of === seq)
      .map(([, userId, emoji, at, cursor, peerCursor]) => ({
        ...{ userId, emoji, at, cursor },
        peerCursor: peerCursor === 0 ? null : peerCursor,
      })),
    attachmentIds: attachments ?? [],
    attachments: attached
      .filter(([of]) => of === seq)
      .map(([, attachment, name, type, size, sha256, at, place]) => ({
        id: attachment,
        ...{ name, type, size, sha256: sha256.toString('hex'), at, position: place },
      })),
  };
};
