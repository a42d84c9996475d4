import type { RecordOf } from '../../transfer/export-record.ts';
import { RecordFault } from '../../transfer/transfer-error.ts';
import type { Db } from '../open.ts';
import { fromBlob, toBlob, toBlobs } from '../uuid.ts';
import { ImportedUsers, type ImportedUser } from './known-rows.ts';
import { placeMessages } from './place-messages.ts';

/** One side of the conversation whose messages are being read. */
interface Tally {
  readonly user: number;
  readonly id: string;
  readonly head: number;
  /** As `seq`s. */
  readonly delivered: number;
  readonly read: number;
  readonly cleared: number;
  /** Messages of the peer up to these. */
  deliveredCount: number;
  readCount: number;
  clearedCount: number;
  sent: number;
  /** Of those, the ones that retention has removed. */
  removed: number;
  /** The last cursor in their log. */
  activity: number;
}
interface Current {
  readonly row: number;
  readonly id: string;
  readonly low: Tally;
  readonly high: Tally;
  lastSeq: number;
  removedUntil: number;
}

/** The conversations of an export, and their messages, before which stand those that retention has removed. Users have the order of their ids, so `low` is the first side. */
export class MessageImport {
  readonly #db: Db;
  readonly #users: ImportedUsers;
  readonly #statements;
  #current: Current | null = null;
  #number = 0;
  #removed = 0;

  constructor(db: Db) {
    this.#db = db;
    this.#users = new ImportedUsers(db);
    this.#statements = statements(db);
  }

  conversation({ id, created_at, sides: [first, second] }: RecordOf<'conversation'>): void {
    if (first.user_id >= second.user_id)
      throw new RecordFault('the sides must stand in the order of their user_ids');
    const [low, high] = [this.#users.find(first.user_id), this.#users.find(second.user_id)];
    this.#statements.conversation.run(
      ...[toBlob(id), low.row, high.row, created_at],
      ...settingsOf(first, low),
      ...settingsOf(second, high),
    );
  }

  removedMessage(record: RecordOf<'removed_message'>): void {
    const conversation = this.#conversationOf(record.conversation_id);
    const { sender } = this.#next(conversation, record, 0);
    sender.removed += 1;
    conversation.removedUntil = Math.max(conversation.removedUntil, record.sent_at);
    this.#statements.removed.run(
      ...[conversation.row, record.seq, toBlob(record.id), sender.user, record.sender_cursor],
      ...[record.recipient_cursor, record.sent_at, Buffer.from(record.content_hash, 'base64url')],
    );
    this.#removed += 1;
  }

  message(record: RecordOf<'message'>): void {
    const conversation = this.#conversationOf(record.conversation_id);
    const isFirst = conversation.lastSeq === conversation.low.removed + conversation.high.removed;
    this.#number += 1;
    const { sender, recipient } = this.#next(conversation, record, this.#number);
    // Of the message 1, if it were there.
    if (isFirst) this.#statements.start.run(conversation.row, this.#number - conversation.lastSeq + 1);
    if (this.#statements.wasRemoved.get(toBlob(record.id)) !== undefined)
      throw new RecordFault('the id belongs to a removed_message already');
    this.#statements.message.run(
      ...[
        this.#number,
        toBlob(record.id),
        conversation.row,
        record.seq,
        sender.sent,
        sender.user,
        recipient.user,
      ],
      ...[record.sender_cursor, record.recipient_cursor, record.sent_at, record.content],
      ...this.#replyOf(record, conversation.row),
      idsOf(record.attachments),
    );
  }

  /** The columns of a reply. It names an earlier message of its conversation, which may have been removed. */
  #replyOf({ reply_to: replyTo }: RecordOf<'message'>, conversation: number): [Buffer | null, number | null] {
    if (replyTo === null) return [null, null];
    const id = toBlob(replyTo.message_id);
    const [row, seq] = this.#statements.earlier.get({ id }) ?? [];
    if (row !== conversation || seq !== replyTo.seq)
      throw new RecordFault(
        `the conversation has no message ${replyTo.message_id} with the seq ${String(replyTo.seq)} before this one`,
      );
    return [id, replyTo.seq];
  }

  /** Checks a message and counts it. `number`: 0 for one that was removed. */
  #next(
    conversation: Current,
    record: Pick<RecordOf<'message'>, 'seq' | 'sender_id' | 'sender_cursor' | 'recipient_cursor'>,
    number: number,
  ): { readonly sender: Tally; readonly recipient: Tally } {
    const { low, high } = conversation;
    const isLow = record.sender_id === low.id;
    if (!isLow && record.sender_id !== high.id)
      throw new RecordFault(`the sender ${record.sender_id} is none of the two of the conversation`);
    const [sender, recipient] = isLow ? [low, high] : [high, low];
    if (record.seq !== conversation.lastSeq + 1)
      throw new RecordFault(
        `the seq is ${String(record.seq)}, and ${String(conversation.lastSeq + 1)} is the next one of the conversation`,
      );
    this.#take(sender, record.sender_cursor, number);
    this.#take(recipient, record.recipient_cursor, number);
    conversation.lastSeq = record.seq;
    count(sender, recipient, record.seq);
    return { sender, recipient };
  }

  /** Once all messages are there: gives them their rows. */
  place(): void {
    this.#end();
    this.#statements.noteRemoved.run(this.#removed);
    this.#checkPositions();
    placeMessages(this.#db, this.#number);
    this.#checkNames();
  }

  #take(side: Tally, cursor: number, number: number): void {
    if (cursor <= side.activity)
      throw new RecordFault(
        `the cursor ${String(cursor)} of ${side.id} is not above ${String(side.activity)}, that of the message before`,
      );
    if (cursor > side.head)
      throw new RecordFault(
        `the cursor ${String(cursor)} of ${side.id} is beyond the end of their log, ${String(side.head)}`,
      );
    if (this.#statements.place.run(side.user, cursor, number).changes === 0)
      throw new RecordFault(`the cursor ${String(cursor)} of ${side.id} is used already`);
    side.activity = cursor;
  }

  #conversationOf(id: string): Current {
    if (this.#current?.id === id) return this.#current;
    this.#end();
    const found = this.#statements.find.get(toBlob(id));
    if (found === undefined) throw new RecordFault(`there is no conversation ${id}`);
    const [row, lastSeq, removedUntil, ...sides] = found;
    const [a, b] = [sides.slice(0, SIDE), sides.slice(SIDE)];
    this.#current = { row, id, low: tallyOf(a), high: tallyOf(b), lastSeq, removedUntil };
    return this.#current;
  }

  #end(): void {
    if (this.#current === null) return;
    const { row, low, high, lastSeq, removedUntil } = this.#current;
    this.#statements.update.run(lastSeq, removedUntil, ...countsOf(low), ...countsOf(high), row);
    this.#current = null;
  }

  #checkPositions(): void {
    const found = this.#statements.beyond.get();
    if (found !== undefined)
      throw new RecordFault(`a position of the conversation ${fromBlob(found)} is beyond its last message`);
  }

  #checkNames(): void {
    const found = this.#statements.idle.get();
    if (found !== undefined)
      throw new RecordFault(`the user ${fromBlob(found)} has a deleted_name and has sent no message`);
  }
}

/** @throws RecordFault */
const idsOf = (attachments: readonly string[]): Buffer | null => {
  if (new Set(attachments).size !== attachments.length) throw new RecordFault('it names an attachment twice');
  return attachments.length === 0 ? null : toBlobs(attachments);
};

/** The columns of a side that stand in its record. @throws RecordFault */
const settingsOf = (
  {
    delivered,
    read,
    cleared,
    hidden,
    pinned,
    archived,
    muted_until,
  }: RecordOf<'conversation'>['sides'][number],
  { isDeleted }: ImportedUser,
): SideValues => {
  if (isDeleted && (pinned || archived || muted_until !== null))
    throw new RecordFault('a deleted user has nothing set for a conversation');
  const flags = [hidden, pinned, archived].map((flag) => (flag ? 1 : 0));
  return [delivered, read, cleared, ...(flags as [number, number, number]), muted_until ?? 0];
};
type SideValues = [
  ...[delivered: number, read: number, cleared: number],
  ...[hidden: number, pinned: number, archived: number, mutedUntil: number],
];
const SIDE_VALUES = ['delivered', 'read', 'cleared', 'hidden', 'pinned', 'archived', 'muted_until'];
const sideNames = (side: 'low' | 'high'): string =>
  SIDE_VALUES.map((column) => `${side}_${column}`).join(', ');

const tallyOf = (columns: readonly unknown[]): Tally => {
  const [id, user = 0, head = 0, delivered = 0, read = 0, cleared = 0, ...counts] = columns as [
    Buffer,
    ...number[],
  ];
  const [sent = 0, deliveredCount = 0, readCount = 0, clearedCount = 0, activity = 0, removed = 0] = counts;
  return {
    ...{ id: fromBlob(id), user, head, delivered, read, cleared },
    ...{ sent, deliveredCount, readCount, clearedCount, activity, removed },
  };
};

const count = (sender: Tally, recipient: Tally, seq: number): void => {
  sender.sent += 1;
  if (seq <= recipient.delivered) recipient.deliveredCount = sender.sent;
  if (seq <= recipient.read) recipient.readCount = sender.sent;
  if (seq <= recipient.cleared) recipient.clearedCount = sender.sent;
};

const countsOf = ({ sent, deliveredCount, readCount, clearedCount, activity, removed }: Tally) =>
  [sent, deliveredCount, readCount, clearedCount, activity, removed] as const;

type Counts = [number, number, number, number, number, number];

/** Columns of a side in `find`. */
const SIDE = 12;
const columnsOf = (side: 'low' | 'high', head: string): string =>
  `${side}.id, ${side}.row, ${head}.cursor, ${['delivered', 'read', 'cleared', 'sent', 'delivered_count', 'read_count', 'cleared_count', 'activity', 'removed'].map((column) => `c.${side}_${column}`).join(', ')}`;

const statements = (db: Db) => ({
  conversation: db.prepare<[Buffer, number, number, number, ...SideValues, ...SideValues]>(
    `INSERT INTO conversations (id, low, high, created_at, ${sideNames('low')}, ${sideNames('high')})
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
  find: db
    .prepare<[Buffer], [row: number, lastSeq: number, removedUntil: number, ...sides: unknown[]]>(
      `SELECT c.row, c.last_seq, c.removed_until, ${columnsOf('low', 'l')}, ${columnsOf('high', 'h')}
       FROM conversations c JOIN users low ON low.row = c.low JOIN users high ON high.row = c.high
       JOIN heads l ON l.user = c.low JOIN heads h ON h.user = c.high WHERE c.id = ?`,
    )
    .raw(),
  message: db.prepare<
    [
      ...[number, Buffer, number, number, number, number, number, number, number, number, string],
      ...[replyTo: Buffer | null, replySeq: number | null, attachments: Buffer | null],
    ]
  >('INSERT INTO staging.messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
  earlier: db
    .prepare<{ id: Buffer }, [conversation: number, seq: number]>(
      `SELECT conversation, seq FROM staging.messages WHERE id = @id
       UNION ALL SELECT conversation, seq FROM removed_messages WHERE id = @id`,
    )
    .raw(),
  removed: db.prepare<[number, number, Buffer, number, number, number, number, Buffer]>(
    'INSERT INTO removed_messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  ),
  wasRemoved: db.prepare<[Buffer], number>('SELECT 1 FROM removed_messages WHERE id = ?').pluck(),
  noteRemoved: db.prepare<[number]>('UPDATE retention SET removed = ? WHERE one = 1'),
  start: db.prepare<[number, number]>('INSERT INTO staging.starts VALUES (?, ?)'),
  place: db.prepare<[number, number, number]>('INSERT OR IGNORE INTO staging.places VALUES (?, ?, ?)'),
  update: db.prepare<[number, number, ...Counts, ...Counts, number]>(
    `UPDATE conversations SET last_seq = ?, removed_until = ?,
       low_sent = ?, low_delivered_count = ?, low_read_count = ?, low_cleared_count = ?, low_activity = ?,
       low_removed = ?,
       high_sent = ?, high_delivered_count = ?, high_read_count = ?, high_cleared_count = ?, high_activity = ?,
       high_removed = ?
     WHERE row = ?`,
  ),
  beyond: db
    .prepare<[], Buffer>(
      `SELECT id FROM conversations WHERE max(low_delivered, low_read, low_cleared, high_delivered, high_read, high_cleared)
         > last_seq LIMIT 1`,
    )
    .pluck(),
  idle: db
    .prepare<[], Buffer>(
      `SELECT u.id FROM staging.names n JOIN users u ON u.row = n.user
       WHERE NOT EXISTS (SELECT 1 FROM conversations c WHERE c.low = n.user AND c.low_sent > 0)
         AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.high = n.user AND c.high_sent > 0) LIMIT 1`,
    )
    .pluck(),
});
