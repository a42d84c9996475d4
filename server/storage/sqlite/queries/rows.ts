import type { Clock } from '../../../runtime/clock.ts';
import type { ReadStatements, Rx } from '../transactions.ts';
import { FoundReactions, reactionRanges, type FoundReaction } from '../../presenting/reaction-ranges.ts';
import { FoundAttachments, type FoundAttachment } from '../../presenting/found-attachments.ts';
import type {
  AttachmentsTo,
  Presence,
  PresentedRows,
  ReactionsTo,
  ShownMessage,
  ShownReactionChange,
  UserRow,
} from '../../presenting/presented-rows.ts';
import { CONVERSATION_COLUMNS, toRecord } from '../write-cache/conversation-columns.ts';
import { mySide } from '../../rules/conversation-record.ts';
import { ATTACHMENT_COLUMNS, toAttachment, type RawAttachment } from './attachment-columns.ts';
import type { RawConversation } from '../write-cache/conversation-columns.ts';
import type { ConversationRecord } from '../../rules/conversation-record.ts';
import { fromBlob, fromHex, hexOf, toBlob } from '../uuid.ts';

export interface MessageRow extends ShownMessage {
  readonly row: number;
  readonly ordinal: number;
  readonly senderCursor: number;
  readonly recipientCursor: number;
  readonly previous: number;
  readonly senderPrevious: number;
  readonly recipientPrevious: number;
}

type RawUser = [
  ...[row: number, id: string, name: string | null, createdAt: number],
  ...[displayName: string | null, about: string | null, avatar: string | null],
];
type RawMessage = [
  ...[number, string, number, number, number, number, number, number, number, number, number, number, number],
  ...[string, string, number | null, number],
];
type RawFoundAttachment = [...RawAttachment, conversation: number, seq: number];
type RawReactionChange = [id: Buffer, conversation: number, seq: number, user: number, emoji: string | null];

const USER = `row, ${hexOf('id')}, username, created_at, display_name, about, avatar`;
const MESSAGE =
  `row, ${hexOf('id')}, conversation, seq, ordinal, sender, recipient, sender_cursor, recipient_cursor, previous, ` +
  `sender_previous, recipient_previous, sent_at, content, ${hexOf('reply_to')}, reply_seq, attachments IS NOT NULL`;

/** The statements of `Rows`, prepared once per connection. */
export class RowStatements {
  readonly userById;
  readonly userAt;
  readonly conversationById;
  readonly conversationAt;
  readonly conversationOf;
  readonly messageById;
  readonly messageAt;
  readonly reactions;
  readonly attachments;
  readonly reactionChangeAt;
  readonly presence;
  readonly head;

  constructor(db: ReadStatements) {
    this.userById = db.read<[Buffer], RawUser>(`SELECT ${USER} FROM users WHERE id = ?`).raw();
    this.userAt = db.read<[number], RawUser>(`SELECT ${USER} FROM users WHERE row = ?`).raw();
    const conversation = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE`;
    this.conversationById = db.read<[Buffer], RawConversation>(`${conversation} c.id = ?`).raw();
    this.conversationAt = db.read<[number], RawConversation>(`${conversation} c.row = ?`).raw();
    this.conversationOf = db
      .read<[number, number], RawConversation>(`${conversation} c.low = ? AND c.high = ?`)
      .raw();
    const message = `SELECT ${MESSAGE} FROM messages WHERE`;
    this.messageById = db.read<[Buffer], RawMessage>(`${message} id = ?`).raw();
    this.messageAt = db.read<[number], RawMessage>(`${message} row = ?`).raw();
    this.reactions = db
      .read<[string], FoundReaction>(
        `SELECT x.conversation, x.seq, x.user, x.emoji FROM json_each(?) wanted JOIN reactions x
           ON x.conversation = wanted.value ->> 0 AND x.seq BETWEEN wanted.value ->> 1 AND wanted.value ->> 2
         WHERE x.is_current = 1 AND x.emoji IS NOT NULL ORDER BY x.row`,
      )
      .raw();
    this.attachments = db
      .read<[string], RawFoundAttachment>(
        `SELECT ${ATTACHMENT_COLUMNS}, a.conversation, a.seq FROM json_each(?) wanted JOIN attachments a
           ON a.conversation = wanted.value ->> 0 AND a.seq = wanted.value ->> 1 ORDER BY a.position`,
      )
      .raw();
    this.reactionChangeAt = db
      .read<[number], RawReactionChange>(
        `SELECT m.id, x.conversation, x.seq, x.user, x.emoji FROM reactions x JOIN messages m ON m.row = x.message
         WHERE x.row = ?`,
      )
      .raw();
    this.presence = db
      .read<[number], [Presence['status'], number]>(
        'SELECT status, last_seen FROM user_presence WHERE user = ?',
      )
      .raw();
    this.head = db.read<[number], [number, number]>('SELECT cursor, message FROM heads WHERE user = ?').raw();
  }
}

/** Single rows by key, in one snapshot: what all queries are made of. Nothing here looks at who asks. */
export class Rows implements PresentedRows {
  readonly #rx: Rx;
  readonly #statements: RowStatements;
  readonly #clock: Clock;

  constructor(rx: Rx, statements: RowStatements, clock: Clock) {
    this.#rx = rx;
    this.#statements = statements;
    this.#clock = clock;
  }

  user(id: string): UserRow | null {
    return toUser(this.#rx.get(this.#statements.userById, toBlob(id)));
  }

  userAt(row: number): UserRow {
    return present(toUser(this.#rx.get(this.#statements.userAt, row)), 'user', row);
  }

  conversation(id: string): ConversationRecord | null {
    const raw = this.#rx.get(this.#statements.conversationById, toBlob(id));
    return raw === undefined ? null : toRecord(raw);
  }

  conversationAt(row: number): ConversationRecord {
    const raw = this.#rx.get(this.#statements.conversationAt, row);
    return present(raw === undefined ? null : toRecord(raw), 'conversation', row);
  }

  conversationOf(a: number, b: number): ConversationRecord | null {
    const raw = this.#rx.get(this.#statements.conversationOf, Math.min(a, b), Math.max(a, b));
    return raw === undefined ? null : toRecord(raw);
  }

  message(id: string): MessageRow | null {
    return toMessage(this.#rx.get(this.#statements.messageById, toBlob(id)));
  }

  messageAt(row: number): MessageRow {
    return present(toMessage(this.#rx.get(this.#statements.messageAt, row)), 'message', row);
  }

  newestMessage(record: ConversationRecord): MessageRow {
    return this.messageAt(record.lastMessage);
  }

  reactionsTo(messages: readonly Pick<ShownMessage, 'conversation' | 'seq'>[]): ReactionsTo {
    const found = new FoundReactions();
    const wanted = reactionRanges(messages).map(({ conversation, first, last }) => [
      conversation,
      first,
      last,
    ]);
    if (wanted.length === 0) return found.to;
    return found.add(this.#rx.all(this.#statements.reactions, JSON.stringify(wanted))).to;
  }

  attachmentsTo(messages: readonly Pick<ShownMessage, 'conversation' | 'seq'>[]): AttachmentsTo {
    const wanted = JSON.stringify(messages.map(({ conversation, seq }) => [conversation, seq]));
    const found = this.#rx.all(this.#statements.attachments, wanted);
    return new FoundAttachments().add(
      found.map((raw): FoundAttachment => [raw[5], raw[6], toAttachment(raw)]),
    ).to;
  }

  reactionChangeAt(row: number): ShownReactionChange {
    const raw = present(this.#rx.get(this.#statements.reactionChangeAt, row) ?? null, 'reaction', row);
    const [id, conversation, seq, user, emoji] = raw;
    return { message: { id: fromBlob(id), conversation, seq }, user, emoji };
  }

  showsPresence(from: number, to: number): boolean {
    const record = this.conversationOf(from, to);
    if (record === null) return false;
    const side = mySide(record, from);
    return side.sent > 0 && !side.blocks;
  }

  get now(): number {
    return this.#clock.now();
  }

  /** Never seen in the future, though a clock that ran ahead may have been stored. */
  presence(user: number): Presence {
    const raw = this.#rx.get(this.#statements.presence, user);
    if (raw === undefined) return { status: 'offline', lastSeen: null };
    return { status: raw[0], lastSeen: Math.min(raw[1], this.#clock.now()) };
  }

  /** The last cursor of a user's log and the row of their newest message. */
  head(user: number): { cursor: number; message: number } {
    const raw = this.#rx.get(this.#statements.head, user);
    return raw === undefined ? { cursor: 0, message: 0 } : { cursor: raw[0], message: raw[1] };
  }
}

const present = <T>(value: T | null, kind: string, row: number): T => {
  if (value === null) throw new Error(`no ${kind} at row ${String(row)}`);
  return value;
};

const toUser = (raw: RawUser | undefined): UserRow | null => {
  if (raw === undefined) return null;
  const [row, id, name, createdAt, displayName, about, avatar] = raw;
  return { row, id: fromHex(id), name, createdAt, profile: { displayName, about, avatar } };
};

const toMessage = (raw: RawMessage | undefined): MessageRow | null =>
  raw === undefined
    ? null
    : {
        row: raw[0],
        id: fromHex(raw[1]),
        conversation: raw[2],
        seq: raw[3],
        ordinal: raw[4],
        sender: raw[5],
        recipient: raw[6],
        senderCursor: raw[7],
        recipientCursor: raw[8],
        previous: raw[9],
        senderPrevious: raw[10],
        recipientPrevious: raw[11],
        sentAt: raw[12],
        content: raw[13],
        replyTo: raw[15] === null ? null : { id: fromHex(raw[14]), seq: raw[15] },
        hasAttachments: raw[16] === 1,
      };
