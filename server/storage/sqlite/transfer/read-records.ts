import { StoreError } from '../../store-error.ts';
import type { ExportRecord, RecordOf } from '../../transfer/export-record.ts';
import { eventNameOf, KINDS_ABOUT_CONVERSATIONS, KINDS_ABOUT_USERS } from '../../transfer/event-names.ts';
import { TransferError } from '../../transfer/transfer-error.ts';
import type { Db } from '../open.ts';
import { fromBlob, fromBlobs } from '../uuid.ts';
import { readAttachments } from './read-attachments.ts';
import { readAccounts, readAfterwards, readBlocks } from './read-accounts.ts';
import { Pages } from './pages.ts';

/** Messages of one page, a multiple of the distance of skip entries. */
const PAGE = 512;

/** All records of a database that nobody writes to meanwhile, or within a transaction of `db`. Holds a page in memory. `dataDir`: the folder
 *  that the files of attachments belong to.
 *  @throws TransferError `busy` while peers have to be told of a deletion; `damaged`: see `readAttachments` */
export function* readRecords(db: Db, dataDir: string): Generator<ExportRecord, void, void> {
  refuseUnfinished(db);
  yield* readAccounts(db);
  yield* readConversations(db);
  yield* readBlocks(db);
  yield* readRemovedMessages(db);
  yield* readMessages(db);
  yield* readEvents(db);
  yield* readReactions(db);
  yield* readAttachments(db, dataDir);
  yield* readAfterwards(db);
}

/** What a deletion has told and what not is known by row numbers only, which an export does not hold. The rest of a deletion needs
 *  nothing: what it will erase is left out. */
const refuseUnfinished = (db: Db): void => {
  const pending = db.prepare<[], number>('SELECT count(*) FROM pending_deletions WHERE stage = 0').pluck();
  if (pending.get() !== 0)
    throw new TransferError('busy', 'An account is just being deleted. Try again in a moment.');
};

type Side = RecordOf<'conversation'>['sides'][number];
type RawSide = readonly [id: Buffer, ...numbers: number[]];
type RawConversation = readonly [id: Buffer, createdAt: number, ...sides: (Buffer | number)[]];
const SIDE_COLUMNS = ['delivered', 'read', 'cleared', 'hidden', 'pinned', 'archived', 'muted_until'];

const sideOf = (raw: readonly (Buffer | number)[]): Side => {
  const [id, delivered = 0, read = 0, cleared = 0, hidden, pinned, archived, mutedUntil] = raw as RawSide;
  return {
    user_id: fromBlob(id),
    delivered,
    read,
    cleared,
    hidden: hidden === 1,
    pinned: pinned === 1,
    archived: archived === 1,
    muted_until: mutedUntil === undefined || mutedUntil === 0 ? null : mutedUntil,
  };
};

function* readConversations(db: Db): Generator<ExportRecord, void, void> {
  const side = (name: string): string =>
    [`${name}.id`, ...SIDE_COLUMNS.map((column) => `c.${name}_${column}`)].join(', ');
  const pages = new Pages<RawConversation, [Buffer]>(
    db,
    `SELECT c.id, c.created_at, ${side('low')}, ${side('high')} FROM conversations c
     JOIN users low ON low.row = c.low JOIN users high ON high.row = c.high
     WHERE c.id > ? ORDER BY c.id`,
  );
  const middle = SIDE_COLUMNS.length + 1;
  for (const [id, createdAt, ...raw] of pages.rows([Buffer.alloc(0)], ([at]) => [at])) {
    const sides: [Side, Side] = [sideOf(raw.slice(0, middle)), sideOf(raw.slice(middle))];
    if (sides[0].user_id > sides[1].user_id) sides.reverse();
    yield { type: 'conversation', id: fromBlob(id), created_at: createdAt, sides };
  }
}

type RawRemoved = [
  ...[conversation: Buffer, seq: number, id: Buffer, sender: Buffer],
  ...[senderCursor: number, recipientCursor: number, sentAt: number, contentHash: Buffer],
];

function* readRemovedMessages(db: Db): Generator<ExportRecord, void, void> {
  const conversations = new Pages<[id: Buffer, row: number], [Buffer]>(
    db,
    'SELECT id, row FROM conversations WHERE id > ? AND low_removed + high_removed > 0 ORDER BY id',
  );
  const removed = new Pages<RawRemoved, [number, number]>(
    db,
    `SELECT c.id, r.seq, r.id, s.id, r.sender_cursor, r.recipient_cursor, r.sent_at, r.content_hash
     FROM removed_messages r JOIN conversations c ON c.row = r.conversation JOIN users s ON s.row = r.sender
     WHERE r.conversation = ? AND r.seq > ? ORDER BY r.seq`,
  );
  for (const [, row] of conversations.rows([Buffer.alloc(0)], ([at]) => [at]))
    for (const [conversation, seq, id, sender, senderCursor, recipientCursor, sentAt, hash] of removed.rows(
      [row, 0],
      ([, at]) => [row, at],
    ))
      yield {
        type: 'removed_message',
        id: fromBlob(id),
        conversation_id: fromBlob(conversation),
        seq,
        sender_id: fromBlob(sender),
        sender_cursor: senderCursor,
        recipient_cursor: recipientCursor,
        sent_at: sentAt,
        content_hash: hash.toString('base64url'),
      };
}

type RawMessage = [
  seq: number,
  id: Buffer,
  sender: Buffer,
  senderCursor: number,
  recipientCursor: number,
  sentAt: number,
  content: string,
  replyTo: Buffer | null,
  replySeq: number | null,
  attachments: Buffer | null,
];

/** Each conversation from the oldest message that is there: a page is read backwards from a skip entry, or from the newest message. */
function* readMessages(db: Db): Generator<ExportRecord, void, void> {
  const conversations = new Pages<
    [id: Buffer, row: number, lastSeq: number, lastMessage: number, removed: number],
    [Buffer]
  >(
    db,
    `SELECT id, row, last_seq, last_message, low_removed + high_removed FROM conversations
     WHERE id > ? AND last_seq > low_removed + high_removed ORDER BY id`,
  );
  const skipEntry = db
    .prepare<[number, number], number>('SELECT message FROM message_marks WHERE conversation = ? AND seq = ?')
    .pluck();
  const walk = db
    .prepare<{ row: number; from: number }, RawMessage>(
      `WITH RECURSIVE chain (row) AS (
         SELECT @row UNION ALL SELECT m.previous FROM chain JOIN messages m ON m.row = chain.row WHERE m.seq > @from
       )
       SELECT m.seq, m.id, s.id, m.sender_cursor, m.recipient_cursor, m.sent_at, m.content,
         m.reply_to, m.reply_seq, m.attachments
       FROM chain JOIN messages m ON m.row = chain.row JOIN users s ON s.row = m.sender`,
    )
    .raw();
  for (const [id, row, lastSeq, lastMessage, removed] of conversations.rows([Buffer.alloc(0)], ([at]) => [
    at,
  ])) {
    const conversationId = fromBlob(id);
    for (let from = removed + 1, to = 0; from <= lastSeq; from = to + 1) {
      to = Math.min(lastSeq, from - (from % PAGE) + PAGE);
      const start = to === lastSeq ? lastMessage : (skipEntry.get(row, to) ?? 0);
      const page = walk.all({ row: start, from }).sort(([a], [b]) => a - b);
      if (page.length !== to - from + 1 || page.some(([at], n) => at !== from + n))
        throw new StoreError('damaged', `messages of the conversation ${conversationId} are missing`);
      for (const message of page) yield messageOf(conversationId, message);
    }
  }
}

const messageOf = (
  conversationId: string,
  [seq, id, sender, senderCursor, recipientCursor, sentAt, content, ...more]: RawMessage,
): ExportRecord => {
  const [replyTo, replySeq, attachments] = more;
  return {
    type: 'message',
    id: fromBlob(id),
    conversation_id: conversationId,
    seq,
    sender_id: fromBlob(sender),
    sender_cursor: senderCursor,
    recipient_cursor: recipientCursor,
    sent_at: sentAt,
    content,
    reply_to: replyTo === null || replySeq === null ? null : { message_id: fromBlob(replyTo), seq: replySeq },
    attachments: [...fromBlobs(attachments)],
  };
};

type RawEvent = [cursor: number, kind: number, at: number, subject: Buffer | null, seq: number | null];

/** Without those of deleted users, which a deletion erases, and those of reactions, which their own records name. */
function* readEvents(db: Db): Generator<ExportRecord, void, void> {
  const users = new Pages<[id: Buffer, row: number], [Buffer]>(
    db,
    'SELECT id, row FROM users WHERE id > ? AND is_anonymized = 0 ORDER BY id',
  );
  const events = new Pages<RawEvent, [number, number]>(
    db,
    `SELECT e.cursor, e.kind, e.at,
       CASE WHEN e.kind IN (1, 2) THEN mc.id WHEN e.kind IN (${KINDS_ABOUT_USERS}) THEN u.id ELSE c.id END, m.seq
     FROM events e
     LEFT JOIN messages m ON e.kind IN (1, 2) AND m.row = e.subject
     LEFT JOIN conversations mc ON mc.row = m.conversation
     LEFT JOIN conversations c ON e.kind IN (${KINDS_ABOUT_CONVERSATIONS}) AND c.row = e.subject
     LEFT JOIN users u ON e.kind IN (${KINDS_ABOUT_USERS}) AND u.row = e.subject
     WHERE e.user = ? AND e.cursor > ? AND e.kind <> 6 ORDER BY e.cursor`,
  );
  for (const [id, row] of users.rows([Buffer.alloc(0)], ([at]) => [at])) {
    const userId = fromBlob(id);
    for (const [cursor, kind, at, subject, seq] of events.rows([row, 0], ([last]) => [row, last])) {
      if (subject === null)
        throw new StoreError('damaged', `the event ${String(cursor)} of the user ${userId} is about nothing`);
      yield {
        type: 'event',
        user_id: userId,
        cursor,
        kind: eventNameOf(kind),
        at,
        subject_id: fromBlob(subject),
        seq,
      };
    }
  }
}

type RawReaction = [
  ...[row: number, seq: number, user: Buffer, emoji: string | null],
  ...[at: number, cursor: number, peerCursor: number],
];

/** Every change of a reaction, conversation by conversation, in the order in which those of a message were made. */
function* readReactions(db: Db): Generator<ExportRecord, void, void> {
  const conversations = new Pages<[id: Buffer, row: number], [Buffer]>(
    db,
    `SELECT id, row FROM conversations c WHERE id > ? AND EXISTS (SELECT 1 FROM reactions WHERE conversation = c.row)
     ORDER BY id`,
  );
  const changes = new Pages<RawReaction, [number, number, number]>(
    db,
    `SELECT x.row, x.seq, u.id, x.emoji, x.at, x.cursor, x.peer_cursor FROM reactions x JOIN users u ON u.row = x.user
     WHERE x.conversation = ? AND (x.seq, x.row) > (?, ?) ORDER BY x.seq, x.row`,
  );
  for (const [id, conversation] of conversations.rows([Buffer.alloc(0)], ([at]) => [at])) {
    const conversationId = fromBlob(id);
    let last = { seq: 0, number: 0 };
    for (const [, seq, user, emoji, at, cursor, peerCursor] of changes.rows(
      [conversation, 0, 0],
      ([row, reached]) => [conversation, reached, row],
    )) {
      last = { seq, number: seq === last.seq ? last.number + 1 : 1 };
      yield {
        type: 'reaction',
        conversation_id: conversationId,
        seq,
        number: last.number,
        user_id: fromBlob(user),
        emoji,
        at,
        cursor,
        peer_cursor: peerCursor === 0 ? null : peerCursor,
      };
    }
  }
}
