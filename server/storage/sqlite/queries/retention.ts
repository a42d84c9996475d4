import { expiredCount } from '../../rules/expired-messages.ts';
import { reactionRanges } from '../../presenting/reaction-ranges.ts';
import type { ExpiredMessage } from '../../reads.ts';
import type { Rx } from '../transactions.ts';
import { fromBlob, fromBlobs } from '../uuid.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type RetentionQueries = Pick<SnapshotQueries, 'retention' | 'expiredMessages'>;

type RawMessage = [
  ...[row: number, id: Buffer, conversation: Buffer, seq: number, sender: Buffer],
  ...[senderCursor: number, recipientCursor: number, sentAt: number, content: string],
  ...[conversationRow: number, replyTo: Buffer | null, replySeq: number | null, attachments: Buffer | null],
];
type RawAttachment = [
  ...[id: Buffer, name: string, type: string, size: number],
  ...[sha256: Buffer, at: number, position: number],
];
type RawReaction = [
  ...[conversation: number, seq: number, user: Buffer, emoji: string, at: number],
  ...[cursor: number, peerCursor: number],
];

/** What retention has removed, and what it removes next: messages go in the order in which they were stored. */
export const retentionQueries = ({ db, clock }: QueryDeps): RetentionQueries => {
  const state = db.read<[], { removed: number; lastRunAt: number | null }>(
    'SELECT removed, last_run_at AS lastRunAt FROM retention WHERE one = 1',
  );
  const oldest = db
    .read<{ after: number; limit: number }, RawMessage>(
      `SELECT m.row, m.id, c.id, m.seq, s.id, m.sender_cursor, m.recipient_cursor, m.sent_at, m.content, m.conversation,
         m.reply_to, m.reply_seq, m.attachments
       FROM messages m JOIN conversations c ON c.row = m.conversation JOIN users s ON s.row = m.sender
       WHERE m.row > @after ORDER BY m.row LIMIT @limit + 0`,
    )
    .raw();
  const reactions = db
    .read<[string], RawReaction>(
      `SELECT x.conversation, x.seq, u.id, x.emoji, x.at, x.cursor, x.peer_cursor
       FROM json_each(?) wanted JOIN reactions x
         ON x.conversation = wanted.value ->> 0 AND x.seq BETWEEN wanted.value ->> 1 AND wanted.value ->> 2
       JOIN users u ON u.row = x.user
       WHERE x.is_current = 1 AND x.emoji IS NOT NULL ORDER BY x.row`,
    )
    .raw();
  const attachments = db
    .read<[conversation: number, seq: number], RawAttachment>(
      `SELECT id, name, type, size, sha256, at, position FROM attachments WHERE conversation = ? AND seq = ? ORDER BY position`,
    )
    .raw();
  const attachmentsOf = (rx: Rx, raw: RawMessage): readonly RawAttachment[] =>
    raw[12] === null ? [] : rx.all(attachments, raw[9], raw[3]);
  const reactionsTo = (rx: Rx, messages: readonly RawMessage[]): readonly RawReaction[] => {
    const positions = messages.map((raw) => ({ conversation: raw[9], seq: raw[3] }));
    const wanted = reactionRanges(positions).map(({ conversation, first, last }) => [
      conversation,
      first,
      last,
    ]);
    return rx.all(reactions, JSON.stringify(wanted));
  };
  return {
    retention: (rx) => rx.get(state) ?? { removed: 0, lastRunAt: null },
    expiredMessages(rx, { before, after, limit }) {
      const found = rx.all(oldest, { after: Number(after ?? 0), limit });
      const times = found.map((raw) => raw[7]);
      const expired = found.slice(0, expiredCount(times, before, clock.now()));
      const reacted = reactionsTo(rx, expired);
      const messages = expired.map((raw) => toExpired(raw, reacted, attachmentsOf(rx, raw)));
      const last = found[messages.length - 1];
      const isMore = last !== undefined && messages.length === found.length && found.length === limit;
      return { messages, next: isMore ? String(last[0]) : null };
    },
  };
};

const toExpired = (
  raw: RawMessage,
  reacted: readonly RawReaction[],
  attached: readonly RawAttachment[],
): ExpiredMessage => {
  const [, id, conversation, seq, sender, senderCursor, recipientCursor, sentAt, content, row, ...more] = raw;
  const [replyTo, replySeq, attachments] = more;
  return {
    id: fromBlob(id),
    conversationId: fromBlob(conversation),
    seq,
    senderId: fromBlob(sender),
    senderCursor,
    recipientCursor,
    sentAt,
    content,
    replyTo: replyTo === null || replySeq === null ? null : { id: fromBlob(replyTo), seq: replySeq },
    reactions: reacted
      .filter(([of, at]) => of === row && at === seq)
      .map(([, , user, emoji, at, cursor, peerCursor]) => ({
        userId: fromBlob(user),
        emoji,
        at,
        cursor,
        peerCursor: peerCursor === 0 ? null : peerCursor,
      })),
    attachmentIds: fromBlobs(attachments),
    attachments: attached.map(([attachment, name, type, size, sha256, at, position]) => ({
      id: fromBlob(attachment),
      ...{ name, type, size, sha256: sha256.toString('hex'), at, position },
    })),
  };
};
