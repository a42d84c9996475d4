import { bucketOf, type ConversationRecord, type Side } from '../../rules/conversation-record.ts';
import { bulk, type BulkColumns } from '../bulk.ts';
import { addSearchJobs } from '../search/search-jobs.ts';
import type { Sql } from '../sql.ts';
import type { ChangedBlock } from './batch-blocks.ts';
import type { BatchRecords } from './batch-records.ts';
import { bindAttachments, releaseAttachments } from './flush-attachments.ts';

type Value = (side: Side) => unknown;
const SIDE: readonly (readonly [column: string, type: string, value: Value])[] = [
  ['sent', 'integer', (side) => side.sent],
  ['delivered', 'integer', (side) => side.delivered],
  ['delivered_count', 'integer', (side) => side.deliveredCount],
  ['read', 'integer', (side) => side.read],
  ['read_count', 'integer', (side) => side.readCount],
  ['cleared', 'integer', (side) => side.cleared],
  ['cleared_count', 'integer', (side) => side.clearedCount],
  ['hidden', 'boolean', (side) => side.hidden],
  ['delivered_event', 'bigint', (side) => side.deliveredEvent],
  ['read_event', 'bigint', (side) => side.readEvent],
  ['own_read_event', 'bigint', (side) => side.ownReadEvent],
  ['activity', 'bigint', (side) => side.activity],
  ['removed', 'integer', (side) => side.removed],
  ['pinned', 'boolean', (side) => side.pinned],
  ['archived', 'boolean', (side) => side.archived],
  ['muted_until', 'bigint', (side) => side.mutedUntil],
  ['settings_event', 'bigint', (side) => side.settingsEvent],
  ['blocks', 'boolean', (side) => side.blocks],
];
const SIDES = (['sideA', 'sideB'] as const).flatMap((which) =>
  SIDE.map(([column, type, value]) => ({
    column: `${which === 'sideA' ? 'low' : 'high'}_${column}`,
    type,
    value: (record: ConversationRecord) => value(record[which]),
  })),
);
const SIDE_NAMES = SIDES.map(({ column }) => column).join(', ');

const STATE: BulkColumns<ConversationRecord> = [
  ['bigint', (record) => record.row],
  ['integer', (record) => record.lastSeq],
  ['bigint', (record) => record.removedUntil],
  ...SIDES.map(({ type, value }) => [type, value] as const),
];

export const updateConversations = bulk(
  'update_conversations',
  STATE,
  (
    rows,
  ) => `UPDATE conversations c SET last_seq = t.last_seq, removed_until = t.removed_until, ${SIDES.map(({ column }) => `${column} = t.${column}`).join(', ')}
    FROM ${rows} AS t (row, last_seq, removed_until, ${SIDE_NAMES}) WHERE c.row = t.row`,
);
const insertConversations = bulk<ConversationRecord>(
  'insert_conversations',
  [
    ...STATE,
    ['uuid', (record) => record.id],
    ['bigint', (record) => record.sideA.user],
    ['bigint', (record) => record.sideB.user],
    ['bigint', (record) => record.createdAt],
  ],
  (rows) =>
    `INSERT INTO conversations (row, last_seq, removed_until, ${SIDE_NAMES}, id, low, high, created_at) SELECT * FROM ${rows}`,
);
const insertMembers = bulk<{ side: Side; peer: Side; conversation: number }>(
  'insert_members',
  [
    ['bigint', ({ side }) => side.user],
    ['integer', ({ side }) => bucketOf(side.activity)],
    ['bigint', ({ conversation }) => conversation],
    ['bigint', ({ peer }) => peer.user],
  ],
  (rows) => `INSERT INTO members (user_row, bucket, conversation, peer) SELECT * FROM ${rows}`,
);
const moveMembers = bulk<BatchMember>(
  'move_members',
  [
    ['bigint', ({ user }) => user],
    ['integer', ({ from }) => from],
    ['bigint', ({ conversation }) => conversation],
    ['integer', ({ to }) => to],
  ],
  (rows) => `UPDATE members m SET bucket = t.moved FROM ${rows} AS t (user_row, bucket, conversation, moved)
    WHERE m.user_row = t.user_row AND m.bucket = t.bucket AND m.conversation = t.conversation`,
);
type BatchMember = BatchRecords['movedMembers'] extends Map<string, infer Moved> ? Moved : never;

const MESSAGE: BulkColumns<BatchRecords['newMessages'][number]> = [
  ['bigint', ({ conversation }) => conversation],
  ['integer', ({ seq }) => seq],
  ['uuid', ({ id }) => id],
  ['integer', ({ ordinal }) => ordinal],
  ['bigint', ({ sender }) => sender],
  ['bigint', ({ recipient }) => recipient],
  ['bigint', ({ senderCursor }) => senderCursor],
  ['bigint', ({ recipientCursor }) => recipientCursor],
  ['bigint', ({ sentAt }) => sentAt],
  ['text', ({ content }) => content],
  ['uuid', ({ replyTo }) => replyTo?.id ?? null],
  ['integer', ({ replyTo }) => replyTo?.seq ?? null],
];
const insertMessages = bulk(
  'insert_messages',
  MESSAGE,
  (
    rows,
  ) => `INSERT INTO messages (conversation, seq, id, ordinal, sender, recipient, sender_cursor, recipient_cursor,
    sent_at, content, reply_to, reply_seq) SELECT * FROM ${rows}`,
);
/** They are few. An array of arrays would be one array: ids travel as text. */
const insertWithAttachments = bulk<BatchRecords['newMessages'][number]>(
  'insert_messages_with_attachments',
  [...MESSAGE, ['text', ({ attachments }) => attachments.join()]],
  (
    rows,
  ) => `INSERT INTO messages (conversation, seq, id, ordinal, sender, recipient, sender_cursor, recipient_cursor,
    sent_at, content, reply_to, reply_seq, attachments)
    SELECT ${MESSAGE.map((_, at) => `t.c${String(at)}`).join(', ')}, string_to_array(t.attachments, ',')::uuid[]
    FROM ${rows} AS t (${MESSAGE.map((_, at) => `c${String(at)}`).join(', ')}, attachments)`,
);
const insertReactions = bulk<BatchRecords['newReactions'][number]>(
  'insert_reactions',
  [
    ['bigint', ({ row }) => row],
    ['bigint', ({ conversation }) => conversation],
    ['integer', ({ seq }) => seq],
    ['bigint', ({ user }) => user],
    ['text', ({ emoji }) => emoji],
    ['bigint', ({ at }) => at],
    ['bigint', ({ cursor }) => cursor],
    ['bigint', ({ peerCursor }) => peerCursor],
    ['boolean', ({ isCurrent }) => isCurrent],
  ],
  (
    rows,
  ) => `INSERT INTO reactions (row, conversation, seq, user_row, emoji, at, cursor, peer_cursor, is_current)
    SELECT * FROM ${rows}`,
);
const endFormerReactions = bulk<number>(
  'end_former_reactions',
  [['bigint', (row) => row]],
  (rows) => `UPDATE reactions x SET is_current = false FROM ${rows} AS t (row) WHERE x.row = t.row`,
);
const insertEvents = bulk<BatchEvent>(
  'insert_events',
  [
    ['bigint', ({ user }) => user],
    ['bigint', ({ cursor }) => cursor],
    ['smallint', ({ kind }) => kind],
    ['bigint', ({ at }) => at],
    ['bigint', ({ subject }) => subject],
    ['integer', ({ seq }) => seq],
  ],
  (rows) => `INSERT INTO events (user_row, cursor, kind, at, subject, seq) SELECT * FROM ${rows}`,
);
type BatchEvent = BatchRecords['newEvents'] extends Map<string, infer Event> ? Event : never;

const removeBlocks = bulk<ChangedBlock>(
  'remove_blocks',
  [
    ['bigint', ({ user }) => user],
    ['bigint', ({ peer }) => peer],
  ],
  (rows) =>
    `DELETE FROM blocks b USING ${rows} AS t (user_row, peer) WHERE b.user_row = t.user_row AND b.peer = t.peer`,
);
const insertBlocks = bulk<ChangedBlock>(
  'insert_blocks',
  [
    ['bigint', ({ user }) => user],
    ['bigint', ({ peer }) => peer],
    ['bigint', ({ at }) => at],
  ],
  (rows) => `INSERT INTO blocks (user_row, peer, at) SELECT * FROM ${rows}`,
);

export const dropEvents = bulk<{ user: number; cursor: number }>(
  'drop_events',
  [
    ['bigint', ({ user }) => user],
    ['bigint', ({ cursor }) => cursor],
  ],
  (rows) =>
    `DELETE FROM events e USING ${rows} AS t (user_row, cursor) WHERE e.user_row = t.user_row AND e.cursor = t.cursor`,
);
const moveHeads = bulk<{ row: number; cursor: number }>(
  'move_heads',
  [
    ['bigint', ({ row }) => row],
    ['bigint', ({ cursor }) => cursor],
  ],
  (rows) =>
    `UPDATE heads h SET cursor = t.cursor FROM ${rows} AS t (user_row, cursor) WHERE h.user_row = t.user_row`,
);
/** Writes what the rules have changed, in one flight of statements. Rows are inserted before the rows that refer to them. */
export const flush = async (sql: Sql, records: BatchRecords): Promise<void> => {
  const { created } = records;
  const known = [...records.touched].filter((record) => !created.has(record));
  const members = [...created].flatMap(({ row: conversation, sideA, sideB }) => [
    { side: sideA, peer: sideB, conversation },
    { side: sideB, peer: sideA, conversation },
  ]);
  const heads = records.movedHeads;
  const { attachments } = records;
  const isPlain = (message: BatchRecords['newMessages'][number]): boolean => message.attachments.length === 0;
  const areAllPlain = attachments.bound.length === 0;
  const [plain, others] = areAllPlain
    ? [records.newMessages, []]
    : [records.newMessages.filter(isPlain), records.newMessages.filter((each) => !isPlain(each))];
  await Promise.all([
    insertConversations(sql, [...created]),
    insertMembers(sql, members),
    updateConversations(sql, known),
    moveMembers(sql, [...records.movedMembers.values()]),
    insertMessages(sql, plain),
    insertWithAttachments(sql, others),
    bindAttachments(sql, attachments.bound),
    releaseAttachments(sql, attachments.released),
    dropEvents(sql, records.droppedEvents),
    // A user has one current reaction to a message: the former one ends before.
    endFormerReactions(sql, records.formerReactions),
    insertReactions(sql, records.newReactions),
    // One that was removed and made anew is a new one.
    removeBlocks(sql, records.blocks.removed),
    insertBlocks(sql, records.blocks.added),
    insertEvents(sql, [...records.newEvents.values()]),
    moveHeads(sql, heads),
    addSearchJobs(sql, heads),
  ]);
};
