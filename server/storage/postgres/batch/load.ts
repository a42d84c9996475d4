import { peerIn } from '../../pair.ts';
import type { ConversationRecord, RecentMessage } from '../../rules/conversation-record.ts';
import type { ReactionRecord, StoredMessage } from '../../rules/records.ts';
import { CONVERSATION_COLUMNS, toConversation, type ConversationTuple } from '../queries/conversation-row.ts';
import { statement, type Sql } from '../sql.ts';
import { LOCK_HEADS } from '../writes/locked-users.ts';
import type { UnsentAttachment } from './batch-attachments.ts';
import type { LoadedBlocks } from './batch-blocks.ts';
import { loadAttachments } from './load-attachments.ts';
import { loadBlocks } from './load-blocks.ts';
import { pairConcerned, type BatchedWrite } from './batched-write.ts';

/** The end of one user's log, locked until the transaction ends. */
export interface LockedHead {
  readonly row: number;
  readonly id: string;
  /** Null for a deleted user. */
  readonly name: string | null;
  cursor: number;
}

/** All that the rules of one batch may ask for, as it is under the locks. */
export interface LoadedBatch {
  readonly heads: readonly LockedHead[];
  readonly conversations: readonly ConversationRecord[];
  /** By id. */
  readonly messages: ReadonlyMap<string, StoredMessage>;
  /** The newest message that could be asked for, by `newestKey`. */
  readonly newest: ReadonlyMap<string, RecentMessage>;
  /** The last changes of reactions, by `reactionKey`. */
  readonly reactions: ReadonlyMap<string, ReactionRecord>;
  /** Rows for changes of reactions: as many as the batch may need. */
  readonly reactionRows: readonly number[];
  /** When the latest message of these conversations was stored; 0 if there is none. */
  readonly lastSentAt: number;
  /** Rows for new conversations: as many as the batch may need. */
  readonly conversationRows: readonly number[];
  readonly blocks: LoadedBlocks;
  /** That the batch's messages name, and that are theirs to send. */
  readonly attachments: readonly UnsentAttachment[];
}

const CONVERSATIONS = statement<readonly [...ConversationTuple, lastSentAt: number | null]>(
  'batch_conversations',
  `SELECT ${CONVERSATION_COLUMNS},
     (SELECT m.sent_at FROM messages m WHERE m.conversation = c.row AND m.seq = c.last_seq)
   FROM unnest($1::bigint[], $2::bigint[]) AS t (low, high)
   JOIN conversations c ON c.low = t.low AND c.high = t.high`,
);
type MessageColumns = readonly [
  ...[id: string, conversationId: string, seq: number, ordinal: number, sender: number, recipient: number],
  ...[senderCursor: number, recipientCursor: number, sentAt: number],
  ...[content: string | null, contentHash: Buffer | null, replyTo: string | null, replySeq: number | null],
  attachments: readonly string[] | null,
];
const MESSAGES = statement<MessageColumns>(
  'batch_messages',
  `SELECT m.id, c.id, m.seq, m.ordinal, m.sender, m.recipient, m.sender_cursor, m.recipient_cursor, m.sent_at, m.content,
     NULL::bytea, m.reply_to, m.reply_seq, m.attachments
   FROM messages m JOIN conversations c ON c.row = m.conversation WHERE m.id = ANY($1::uuid[])
   UNION ALL SELECT r.id, c.id, r.seq, 0, r.sender, c.low + c.high - r.sender, r.sender_cursor, r.recipient_cursor,
     r.sent_at, NULL, r.content_hash, NULL, NULL, NULL
   FROM removed_messages r JOIN conversations c ON c.row = r.conversation WHERE r.id = ANY($1::uuid[])`,
);
const NEWEST = statement<
  [conversation: number, asked: number, sender: number, id: string, seq: number, ordinal: number]
>(
  'batch_newest',
  `SELECT c.row, t.seq, t.sender, m.id, m.seq, m.ordinal
   FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::bigint[]) AS t (low, high, seq, sender)
   JOIN conversations c ON c.low = t.low AND c.high = t.high
   CROSS JOIN LATERAL (
     SELECT id, seq, ordinal FROM messages
     WHERE conversation = c.row AND seq <= t.seq AND sender = t.sender ORDER BY seq DESC LIMIT 1
   ) m`,
);
const REACTIONS = statement<
  [
    ...[conversation: number, seq: number, user: number],
    ...[row: number, emoji: string | null, at: number, cursor: number],
  ]
>(
  'batch_reactions',
  `SELECT x.conversation, x.seq, x.user_row, x.row, x.emoji, x.at, x.cursor
   FROM messages m JOIN reactions x ON x.conversation = m.conversation AND x.seq = m.seq AND x.is_current
   WHERE m.id = ANY($1::uuid[])`,
);
const NEW_REACTION_ROWS = statement<[row: number]>(
  'batch_reaction_rows',
  `SELECT nextval(pg_get_serial_sequence('reactions', 'row')) FROM generate_series(1, $1)`,
);
const NEW_ROWS = statement<[row: number]>(
  'batch_conversation_rows',
  `SELECT nextval(pg_get_serial_sequence('conversations', 'row')) FROM generate_series(1, $1)`,
);

export const newestKey = (conversation: number, seq: number, sender: number): string =>
  `${String(conversation)}:${String(seq)}:${String(sender)}`;

/** Of a user's reaction to a message. */
export const reactionKey = (conversation: number, seq: number, user: number): string =>
  `${String(conversation)}:${String(seq)}:${String(user)}`;

/** Locks the users of a batch and loads what its rules may ask for. What follows the lock sees everything that was committed before it
 *  was taken: each statement has a snapshot of its own. */
export const loadBatch = async (
  sql: Sql,
  batch: readonly BatchedWrite[],
  rows: ReadonlyMap<string, number>,
): Promise<LoadedBatch> => {
  const pairs = pairsOf(batch, rows);
  const ids = batch.flatMap(messagesOf);
  const reacted = batch.flatMap((write) => (write.type === 'setReaction' ? [write.input.messageId] : []));
  const [heads, found, messages, newest, reactions, reactionRows, attachments] = await Promise.all([
    sql.query(LOCK_HEADS, [[...new Set(rows.values())]]),
    pairs.length === 0
      ? []
      : sql.query(CONVERSATIONS, [pairs.map(([low]) => low), pairs.map(([, high]) => high)]),
    ids.length === 0 ? [] : sql.query(MESSAGES, [ids]),
    loadNewest(sql, receiptsOf(batch, rows)),
    reacted.length === 0 ? [] : sql.query(REACTIONS, [reacted]),
    reacted.length === 0 ? [] : sql.query(NEW_REACTION_ROWS, [reacted.length]),
    loadAttachments(sql, batch, rows),
  ]);
  const conversations = found.map(toConversation);
  const withRecord = new Set(
    conversations.map(({ sideA, sideB }) => `${String(sideA.user)}:${String(sideB.user)}`),
  );
  const missing = mayCreate(batch)
    ? pairs.filter(([low, high]) => !withRecord.has(`${String(low)}:${String(high)}`))
    : [];
  const [conversationRows, blocks] = await Promise.all([
    missing.length === 0 ? [] : sql.query(NEW_ROWS, [missing.length]),
    loadBlocks(sql, batch, rows, missing),
  ]);
  return {
    heads: heads.map(([row, id, cursor, name]) => ({ row, id, cursor, name })),
    conversations,
    lastSentAt: Math.max(0, ...found.map((columns) => columns[9] ?? 0)),
    messages: new Map(messages.map((message) => [message[0], storedMessage(message)])),
    newest,
    reactions: new Map(
      reactions.map(([conversation, seq, user, row, emoji, at, cursor]) => [
        reactionKey(conversation, seq, user),
        { row, emoji, at, cursor },
      ]),
    ),
    reactionRows: reactionRows.map(([row]) => row),
    conversationRows: conversationRows.map(([row]) => row),
    blocks,
    attachments,
  };
};

/** The newest messages that these receipts may be about, by `newestKey`. */
const loadNewest = async (
  sql: Sql,
  asked: readonly AskedReceipt[],
): Promise<ReadonlyMap<string, RecentMessage>> => {
  if (asked.length === 0) return new Map();
  const found = await sql.query(NEWEST, [
    asked.map(({ low }) => low),
    asked.map(({ high }) => high),
    asked.map(({ seq }) => seq),
    asked.map(({ sender }) => sender),
  ]);
  return new Map(
    found.map(([conversation, seq, sender, id, at, ordinal]) => [
      newestKey(conversation, seq, sender),
      { row: 0, id, seq: at, ordinal },
    ]),
  );
};

/** The messages that the rule of a write may ask for by id. */
const messagesOf = (write: BatchedWrite): readonly string[] => {
  if (write.type === 'setReaction') return [write.input.messageId];
  if (write.type !== 'appendMessage') return [];
  const { messageId, replyTo } = write.input;
  return replyTo === undefined ? [messageId] : [messageId, replyTo];
};

const mayCreate = (batch: readonly BatchedWrite[]): boolean =>
  batch.some(({ type }) => type === 'appendMessage' || type === 'openConversation');

/** The pairs of the batch whose users both exist, each once: the smaller row first. */
const pairsOf = (
  batch: readonly BatchedWrite[],
  rows: ReadonlyMap<string, number>,
): readonly (readonly [low: number, high: number])[] => {
  const pairs = new Map<string, readonly [number, number]>();
  for (const write of batch) {
    const { first, second } = pairConcerned(write);
    const [a, b] = [rows.get(first), rows.get(second)];
    if (a === undefined || b === undefined || a === b) continue;
    pairs.set(`${first}:${second}`, [Math.min(a, b), Math.max(a, b)]);
  }
  return [...pairs.values()];
};

interface AskedReceipt {
  readonly low: number;
  readonly high: number;
  readonly seq: number;
  readonly sender: number;
}

const receiptsOf = (
  batch: readonly BatchedWrite[],
  rows: ReadonlyMap<string, number>,
): readonly AskedReceipt[] =>
  batch.flatMap((write) => {
    if (write.type !== 'advancePosition') return [];
    const { pair, userId, seq } = write.input;
    const reader = rows.get(userId);
    const sender = rows.get(peerIn(pair, userId));
    if (reader === undefined || sender === undefined || !isSeq(seq)) return [];
    return [{ low: Math.min(reader, sender), high: Math.max(reader, sender), seq, sender }];
  });

/** Whether the column can hold it; a rule refuses any other. */
const isSeq = (seq: number): boolean => Number.isInteger(seq) && seq >= 1 && seq < 2 ** 31;

const storedMessage = (columns: MessageColumns): StoredMessage => {
  const [, conversationId, seq, ordinal, sender, recipient, ...rest] = columns;
  const [senderCursor, recipientCursor, sentAt, content, contentHash, replyTo, replySeq, attachments] = rest;
  const place = { row: 0, conversationId, seq, ordinal, senderCursor, recipientCursor };
  const known = { ...place, sender, recipient, sentAt };
  return contentHash === null
    ? {
        ...known,
        content: content ?? '',
        replyTo: replyTo === null || replySeq === null ? null : { id: replyTo, seq: replySeq },
        attachments: attachments ?? [],
      }
    : { ...known, content: null, contentHash };
};
