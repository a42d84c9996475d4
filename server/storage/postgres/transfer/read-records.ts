import { statement, type Sql } from '../sql.ts';
import {
  avatarRecord,
  blockRecord,
  type AvatarColumns,
  type BlockColumns,
} from '../../transfer/account-records.ts';
import { eventNameOf, KINDS_ABOUT_USERS } from '../../transfer/event-names.ts';
import type { ExportRecord, RecordOf } from '../../transfer/export-record.ts';
import { TransferError } from '../../transfer/transfer-error.ts';
import { AUDIT_RECORDS, SESSION_RECORDS } from './account-records.ts';
import { ATTACHMENTS, readBytes } from './attachment-records.ts';
import { rowsOf, type RecordQuery } from './record-query.ts';

const PENDING = statement<[number]>('', 'SELECT count(*)::int FROM pending_deletions WHERE stage = 0');
/** The reader may have to wait for whoever takes the records. */
const NO_LIMIT = statement('', 'SET LOCAL idle_in_transaction_session_timeout = 0');

/** All records of a database, through cursors of one transaction that sees one moment of it.
 *  @throws TransferError `busy` while peers have to be told of a deletion */
export async function* readRecords(sql: Sql): AsyncGenerator<ExportRecord, void, void> {
  await sql.run(NO_LIMIT);
  const [[pending] = [0]] = await sql.query(PENDING);
  if (pending !== 0)
    throw new TransferError('busy', 'An account is just being deleted. Try again in a moment.');
  yield* recordsOf(sql, CHAT_RECORDS);
  yield* readBytes(sql);
  yield* recordsOf(sql, [...SESSION_RECORDS, ...AUDIT_RECORDS]);
}

async function* recordsOf(
  sql: Sql,
  queries: readonly RecordQuery<never>[],
): AsyncGenerator<ExportRecord, void, void> {
  for (const query of queries) for await (const row of rowsOf(sql, query)) yield query.record(row as never);
}

type RawUser = [
  ...[id: string, username: string | null, createdAt: number, deletedAt: number | null],
  ...[deletedName: string | null, role: RecordOf<'user'>['role'], disabledAt: number | null],
  ...[passwordHash: string | null, lastSeen: number | null, cursor: number],
  ...[displayName: string | null, about: string | null],
];

const USERS: RecordQuery<RawUser> = {
  select: `SELECT u.id, u.username, u.created_at, u.deleted_at,
      CASE WHEN EXISTS (SELECT FROM messages m WHERE m.sender = u.row) THEN u.deleted_name END,
      u.role, u.disabled_at, u.password_hash, CASE WHEN u.deleted_at IS NULL THEN p.last_seen END, h.cursor,
      u.display_name, u.about
    FROM users u JOIN heads h ON h.user_row = u.row LEFT JOIN user_presence p ON p.user_row = u.row ORDER BY u.id`,
  record: ([
    id,
    username,
    created,
    deleted,
    deletedName,
    role,
    disabled,
    passwordHash,
    lastSeen,
    cursor,
    displayName,
    about,
  ]) => ({
    type: 'user',
    id,
    username,
    created_at: created,
    deleted_at: deleted,
    deleted_name: deletedName,
    role,
    disabled_at: disabled,
    password_hash: passwordHash,
    last_seen: lastSeen,
    cursor,
    display_name: displayName,
    about,
  }),
};

const AVATARS: RecordQuery<AvatarColumns> = {
  select: 'SELECT u.id, a.type, a.bytes FROM avatars a JOIN users u ON u.row = a.user_row ORDER BY u.id',
  record: avatarRecord,
  page: 16,
};

const RESERVED_NAMES: RecordQuery<[string]> = {
  select: `SELECT r.name FROM reserved_names r
    WHERE NOT EXISTS (SELECT FROM users u WHERE u.username = r.name) ORDER BY r.name`,
  record: ([name]) => ({ type: 'reserved_name', name }),
};

type RawSide = [
  ...[user: string, delivered: number, read: number, cleared: number],
  ...[hidden: boolean, pinned: boolean, archived: boolean, mutedUntil: number],
];

const sideOf = ([user, delivered, read, cleared, hidden, pinned, archived, mutedUntil]: RawSide) => ({
  user_id: user,
  delivered,
  read,
  cleared,
  hidden,
  pinned,
  archived,
  muted_until: mutedUntil === 0 ? null : mutedUntil,
});

const side = (name: string): string => `${name}.id, c.${name}_delivered, c.${name}_read, c.${name}_cleared,
  c.${name}_hidden, c.${name}_pinned, c.${name}_archived, c.${name}_muted_until`;

const CONVERSATIONS: RecordQuery<[id: string, createdAt: number, ...RawSide, ...RawSide]> = {
  select: `SELECT c.id, c.created_at, ${side('low')}, ${side('high')} FROM conversations c
    JOIN users low ON low.row = c.low JOIN users high ON high.row = c.high ORDER BY c.id`,
  record: ([id, created, a, b, c, d, e, f, g, h, ...other]) => {
    const [low, high] = [sideOf([a, b, c, d, e, f, g, h]), sideOf(other)];
    return {
      type: 'conversation',
      id,
      created_at: created,
      sides: low.user_id < high.user_id ? [low, high] : [high, low],
    };
  },
};

// What a deletion still erases is left out.
const BLOCKS: RecordQuery<BlockColumns> = {
  select: `SELECT u.id, row_number() OVER (PARTITION BY b.user_row ORDER BY b.row), p.id, b.at
    FROM blocks b JOIN users u ON u.row = b.user_row JOIN users p ON p.row = b.peer
    WHERE u.deleted_at IS NULL AND p.deleted_at IS NULL ORDER BY u.id, b.row`,
  record: blockRecord,
};

type RawRemoved = [
  ...[conversation: string, seq: number, id: string, sender: string],
  ...[senderCursor: number, recipientCursor: number, sentAt: number, contentHash: Buffer],
];

const REMOVED_MESSAGES: RecordQuery<RawRemoved> = {
  select: `SELECT c.id, r.seq, r.id, s.id, r.sender_cursor, r.recipient_cursor, r.sent_at, r.content_hash
    FROM conversations c JOIN removed_messages r ON r.conversation = c.row JOIN users s ON s.row = r.sender
    ORDER BY c.id, r.seq`,
  record: ([conversation, seq, id, sender, senderCursor, recipientCursor, sentAt, hash]) => ({
    type: 'removed_message',
    id,
    conversation_id: conversation,
    seq,
    sender_id: sender,
    sender_cursor: senderCursor,
    recipient_cursor: recipientCursor,
    sent_at: sentAt,
    content_hash: hash.toString('base64url'),
  }),
};

type RawMessage = [
  ...[conversation: string, seq: number, id: string, sender: string],
  ...[senderCursor: number, recipientCursor: number, sentAt: number, content: string],
  ...[replyTo: string | null, replySeq: number | null, attachments: string[] | null],
];

const MESSAGES: RecordQuery<RawMessage> = {
  select: `SELECT c.id, m.seq, m.id, s.id, m.sender_cursor, m.recipient_cursor, m.sent_at, m.content, m.reply_to, m.reply_seq,
      m.attachments
    FROM conversations c JOIN messages m ON m.conversation = c.row JOIN users s ON s.row = m.sender
    ORDER BY c.id, m.seq`,
  record: ([
    conversation,
    seq,
    id,
    sender,
    senderCursor,
    recipientCursor,
    sentAt,
    content,
    replyTo,
    replySeq,
    attachments,
  ]) => ({
    type: 'message',
    id,
    conversation_id: conversation,
    seq,
    sender_id: sender,
    sender_cursor: senderCursor,
    recipient_cursor: recipientCursor,
    sent_at: sentAt,
    content,
    reply_to: replyTo === null || replySeq === null ? null : { message_id: replyTo, seq: replySeq },
    attachments: attachments ?? [],
  }),
};

// Without those of deleted users, which a deletion erases, and those of reactions, which their own records name.
const EVENTS: RecordQuery<[string, number, number, number, string, number]> = {
  select: `SELECT u.id, e.cursor, e.kind, e.at, CASE WHEN e.kind IN (${KINDS_ABOUT_USERS}) THEN about.id ELSE c.id END, e.seq
    FROM users u JOIN events e ON e.user_row = u.row
    LEFT JOIN conversations c ON e.kind NOT IN (${KINDS_ABOUT_USERS}) AND c.row = e.subject
    LEFT JOIN users about ON e.kind IN (${KINDS_ABOUT_USERS}) AND about.row = e.subject
    WHERE u.deleted_at IS NULL AND e.kind <> 6 ORDER BY u.id, e.cursor`,
  record: ([user, cursor, kind, at, subject, seq]) => ({
    type: 'event',
    user_id: user,
    cursor,
    kind: eventNameOf(kind),
    at,
    subject_id: subject,
    seq: seq === 0 ? null : seq,
  }),
};

type RawReaction = [
  ...[conversation: string, seq: number, number: number, user: string, emoji: string | null],
  ...[at: number, cursor: number, peerCursor: number],
];

const REACTIONS: RecordQuery<RawReaction> = {
  select: `SELECT c.id, x.seq, row_number() OVER (PARTITION BY x.conversation, x.seq ORDER BY x.row), u.id, x.emoji, x.at,
      x.cursor, x.peer_cursor
    FROM reactions x JOIN conversations c ON c.row = x.conversation JOIN users u ON u.row = x.user_row
    ORDER BY c.id, x.seq, x.row`,
  record: ([conversation, seq, number, user, emoji, at, cursor, peerCursor]) => ({
    type: 'reaction',
    conversation_id: conversation,
    seq,
    number,
    user_id: user,
    emoji,
    at,
    cursor,
    peer_cursor: peerCursor === 0 ? null : peerCursor,
  }),
};

/** In the order of an export. */
const CHAT_RECORDS: readonly RecordQuery<never>[] = [
  ...[USERS, AVATARS, RESERVED_NAMES, CONVERSATIONS, BLOCKS, REMOVED_MESSAGES, MESSAGES, EVENTS, REACTIONS],
  ATTACHMENTS,
];
