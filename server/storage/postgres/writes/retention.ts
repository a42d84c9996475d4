import { contentHash } from '../../rules/content-hash.ts';
import { removedSeq } from '../../rules/conversation-record.ts';
import { areOldest, noteRemoved } from '../../rules/removal.ts';
import { beginRun, settledStep, type StoredRun } from '../../rules/retention-run.ts';
import { chunkOf, CHUNK_ROWS } from '../../search/postings.ts';
import { releaseAttachments } from '../batch/flush-attachments.ts';
import { dropEvents, updateConversations } from '../batch/flush.ts';
import { CONVERSATION_COLUMNS, toConversation, type ConversationTuple } from '../queries/conversation-row.ts';
import { statement, type Sql } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { recordAction } from './audit.ts';
import { lockLogs } from './locked-users.ts';

type RunTuple = readonly [
  run: string | null,
  file: string | null,
  bytes: number,
  activeAt: number,
  lastRunAt: number | null,
];
const LOCK_RUN = statement<RunTuple>(
  'lock_retention',
  'SELECT run, file, bytes, active_at, last_run_at FROM retention FOR UPDATE',
);
const START = statement(
  'start_retention',
  'UPDATE retention SET run = $1, file = $2, bytes = $3, active_at = $4',
);
const END = statement(
  'end_retention',
  'UPDATE retention SET run = NULL, file = NULL, bytes = 0, last_run_at = $2 WHERE run = $1',
);
const PROGRESS = statement(
  'note_removed_messages',
  'UPDATE retention SET removed = removed + $1, file = $2, bytes = $3, active_at = $4',
);

/** Locked until the end of the transaction. */
const lockRun = async (sql: Sql): Promise<StoredRun> => {
  const [found] = await sql.query(LOCK_RUN);
  if (found === undefined) throw new Error('the table retention has no row');
  const [run, file, bytes, activeAt, lastRunAt] = found;
  return { run, file, bytes, activeAt, lastRunAt };
};

export const startRetention: AccountWrite<'startRetention'> = async (sql, { run, ...asked }, now) => {
  const begun = beginRun(await lockRun(sql), asked, now);
  if (begun.kind === 'started') await sql.run(START, [run, begun.file, begun.bytes, now]);
  return done(begun);
};

export const endRetention: AccountWrite<'endRetention'> = async (
  sql,
  { run, removed, before, audit },
  now,
) => {
  if ((await sql.run(END, [run, now])) === 0) return done({ kind: 'lost' });
  const detail = { removed, before_at: before };
  if (removed > 0) await recordAction(sql, audit, { action: 'retention.run', detail }, now);
  return done({ kind: 'ended' });
};

const USERS = statement<[low: number, high: number]>(
  'users_of_messages',
  `SELECT DISTINCT c.low, c.high FROM messages m JOIN conversations c ON c.row = m.conversation
   WHERE m.id = ANY($1::uuid[])`,
);
type MessageColumns = readonly [
  ...[id: string, conversation: number, seq: number, sender: number, recipient: number],
  ...[senderCursor: number, recipientCursor: number, sentAt: number, content: string],
  ...[replyTo: string | null, attachments: readonly string[] | null],
];
const MESSAGES = statement<MessageColumns>(
  'messages_to_remove',
  `SELECT id, conversation, seq, sender, recipient, sender_cursor, recipient_cursor, sent_at, content, reply_to, attachments
   FROM messages WHERE id = ANY($1::uuid[]) ORDER BY conversation, seq`,
);
const CONVERSATIONS = statement<ConversationTuple>(
  'conversations_of_messages',
  `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.row = ANY($1::bigint[])`,
);
const KEEP_TRACES = statement(
  'keep_traces',
  `INSERT INTO removed_messages (conversation, seq, id, sender, sender_cursor, recipient_cursor, sent_at, content_hash)
   SELECT m.conversation, m.seq, m.id, m.sender, m.sender_cursor, m.recipient_cursor, m.sent_at, t.content_hash
   FROM unnest($1::uuid[], $2::bytea[]) AS t (id, content_hash) JOIN messages m ON m.id = t.id`,
);
const REMOVE = statement('remove_messages', 'DELETE FROM messages WHERE id = ANY($1::uuid[])');
const REMOVE_REACTIONS = statement(
  'remove_reactions',
  `WITH gone AS (
     DELETE FROM reactions x USING unnest($1::bigint[], $2::integer[]) AS t (conversation, seq)
     WHERE x.conversation = t.conversation AND x.seq = t.seq
     RETURNING x.conversation, x.user_row, x.cursor, x.peer_cursor
   ), logged AS (
     SELECT user_row, cursor FROM gone
     UNION ALL SELECT c.low + c.high - g.user_row, g.peer_cursor FROM gone g JOIN conversations c ON c.row = g.conversation
   )
   DELETE FROM events e USING logged l WHERE e.user_row = l.user_row AND e.cursor = l.cursor`,
);
/** Chunks without a message have no index: the job that finds none removes it. */
const REINDEX_EMPTY = statement(
  'reindex_empty_chunks',
  `INSERT INTO search_todo (user_row, chunk)
   SELECT t.user_row, t.chunk FROM unnest($1::bigint[], $2::integer[]) AS t (user_row, chunk)
   JOIN search_chunks k ON k.user_row = t.user_row AND k.chunk = t.chunk
   WHERE NOT EXISTS (SELECT FROM messages m WHERE m.sender = t.user_row
       AND m.sender_cursor >= t.chunk::bigint * ${String(CHUNK_ROWS)}
       AND m.sender_cursor < (t.chunk::bigint + 1) * ${String(CHUNK_ROWS)})
     AND NOT EXISTS (SELECT FROM messages m WHERE m.recipient = t.user_row
       AND m.recipient_cursor >= t.chunk::bigint * ${String(CHUNK_ROWS)}
       AND m.recipient_cursor < (t.chunk::bigint + 1) * ${String(CHUNK_ROWS)})
   ON CONFLICT DO NOTHING`,
);

/** Under the locks of all users concerned, so that nobody adds to these conversations meanwhile. The run itself is locked first: of two
 *  that believe to be the current one, one is. */
export const removeMessages: AccountWrite<'removeMessages'> = async (sql, { run, ids, file, bytes }, now) => {
  const settled = settledStep(await lockRun(sql), { run, file, bytes });
  if (settled !== null) return done(settled);
  const pairs = await sql.query(USERS, [ids]);
  await lockLogs(sql, [...new Set(pairs.flat())]);
  const messages = await sql.query(MESSAGES, [ids]);
  if (messages.length < ids.length || !(await noteAll(sql, messages))) return done({ kind: 'lost' });
  const hashes = messages.map(([id, , , , , , , , content, replyTo, attachments]) =>
    contentHash(id, content, replyTo, attachments ?? []),
  );
  const chunks = chunksOf(messages);
  await Promise.all([
    sql.run(KEEP_TRACES, [messages.map(([id]) => id), hashes]),
    sql.run(REMOVE_REACTIONS, [messages.map((each) => each[1]), messages.map((each) => each[2])]),
    sql.run(REMOVE, [ids]),
    sql.run(REINDEX_EMPTY, [chunks.map(({ user }) => user), chunks.map(({ chunk }) => chunk)]),
    sql.run(PROGRESS, [messages.length, file, bytes, now]),
  ]);
  return done({ kind: 'removed' });
};

/** Notes in the conversations that these messages are gone. False if they are not the oldest there; nothing was changed then. */
const noteAll = async (sql: Sql, messages: readonly MessageColumns[]): Promise<boolean> => {
  const rows = [...new Set(messages.map(([, conversation]) => conversation))];
  const records = (await sql.query(CONVERSATIONS, [rows])).map(toConversation);
  const receipts: { readonly user: number; readonly cursor: number }[] = [];
  for (const record of records) {
    const removed = messages
      .filter(([, conversation]) => conversation === record.row)
      .map(([, , seq, sender, , , , sentAt]) => ({ seq, sender, sentAt }));
    if (!areOldest(record, removed)) return false;
    receipts.push(...noteRemoved(record, removed));
  }
  const released = records.map((record) => ({ conversation: record.row, seq: removedSeq(record) }));
  await Promise.all([
    updateConversations(sql, records),
    dropEvents(sql, receipts),
    releaseAttachments(sql, released),
  ]);
  return true;
};

/** The chunks of logs that these messages were in. */
const chunksOf = (messages: readonly MessageColumns[]): readonly { user: number; chunk: number }[] => [
  ...new Map(
    messages
      .flatMap(([, , , sender, recipient, senderCursor, recipientCursor]) => [
        { user: sender, chunk: chunkOf(senderCursor) },
        { user: recipient, chunk: chunkOf(recipientCursor) },
      ])
      .map((each) => [`${String(each.user)}:${String(each.chunk)}`, each]),
  ).values(),
];
