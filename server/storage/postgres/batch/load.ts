import { peerIn } from '../../pair.ts';
import type { ConversationRecord, RecentMessage } from '../../rules/conversation-record.ts';
import type { StoredMessage } from '../../rules/records.ts';
import { CONVERSATION_COLUMNS, toConversation, type ConversationTuple } from '../queries/conversation-row.ts';
import { statement, type Sql } from '../sql.ts';
import { LOCK_HEADS } from '../writes/locked-users.ts';
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
  /** When the latest message of these conversations was stored; 0 if there is none. */
  readonly lastSentAt: number;
  /** Rows for new conversations: as many as the batch may need. */
  readonly conversationRows: readonly number[];
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
  ...[content: string | null, contentHash: Buffer | null],
];
const MESSAGES = statement<MessageColumns>(
  'batch_messages',
  `SELECT m.id, c.id, m.seq, m.ordinal, m.sender, m.recipient, m.sender_cursor, m.recipient_cursor, m.sent_at, m.content,
     NULL::bytea
   FROM messages m JOIN conversations c ON c.row = m.conversation WHERE m.id = ANY($1::uuid[])
   UNION ALL SELECT r.id, c.id, r.seq, 0, r.sender, c.low + c.high - r.sender, r.sender_cursor, r.recipient_cursor,
     r.sent_at, NULL, r.content_hash
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
const NEW_ROWS = statement<[row: number]>(
  'batch_conversation_rows',
  `SELECT nextval(pg_get_serial_sequence('conversations', 'row')) FROM generate_series(1, $1)`,
);

export const newestKey = (conversation: number, seq: number, sender: number): string =>
  `${String(conversation)}:${String(seq)}:${String(sender)}`;

/** Locks the users of a batch and loads what its rules may ask for. What follows the lock sees everything that was committed before it
 *  was taken: each statement has a snapshot of its own. */
export const loadBatch = async (
  sql: Sql,
  batch: readonly BatchedWrite[],
  rows: ReadonlyMap<string, number>,
): Promise<LoadedBatch> => {
  const pairs = pairsOf(batch, rows);
  const asked = receiptsOf(batch, rows);
  const ids = batch.flatMap((write) => (write.type === 'appendMessage' ? [write.input.messageId] : []));
  const [heads, found, messages, newest] = await Promise.all([
    sql.query(LOCK_HEADS, [[...new Set(rows.values())]]),
    pairs.length === 0
      ? []
      : sql.query(CONVERSATIONS, [pairs.map(([low]) => low), pairs.map(([, high]) => high)]),
    ids.length === 0 ? [] : sql.query(MESSAGES, [ids]),
    asked.length === 0
      ? []
      : sql.query(NEWEST, [
          asked.map(({ low }) => low),
          asked.map(({ high }) => high),
          asked.map(({ seq }) => seq),
          asked.map(({ sender }) => sender),
        ]),
  ]);
  const conversations = found.map(toConversation);
  const missing = pairs.length - conversations.length;
  return {
    heads: heads.map(([row, id, cursor, name]) => ({ row, id, cursor, name })),
    conversations,
    lastSentAt: Math.max(0, ...found.map((columns) => columns[9] ?? 0)),
    messages: new Map(messages.map((message) => [message[0], storedMessage(message)])),
    newest: new Map(
      newest.map(([conversation, seq, sender, id, at, ordinal]) => [
        newestKey(conversation, seq, sender),
        { row: 0, id, seq: at, ordinal },
      ]),
    ),
    conversationRows:
      missing > 0 && mayCreate(batch) ? (await sql.query(NEW_ROWS, [missing])).map(([row]) => row) : [],
  };
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
  const [senderCursor, recipientCursor, sentAt, content, contentHash] = rest;
  const place = { conversationId, seq, ordinal, senderCursor, recipientCursor };
  const known = { ...place, sender, recipient, sentAt };
  return contentHash === null
    ? { ...known, content: content ?? '' }
    : { ...known, content: null, contentHash };
};
