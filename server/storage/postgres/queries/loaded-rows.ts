import { FoundAttachments, type FoundAttachment } from '../../presenting/found-attachments.ts';
import type {
  AttachmentsTo,
  Presence,
  PresentedRows,
  ReactionsTo,
  ShownMessage,
  UserRow,
} from '../../presenting/presented-rows.ts';
import { FoundReactions, type FoundReaction } from '../../presenting/reaction-ranges.ts';
import type { ConversationRecord } from '../../rules/conversation-record.ts';
import { toConversation, type ConversationTuple } from './conversation-row.ts';

/** Columns of `users` and `user_presence`. */
export type UserTuple = readonly [
  row: number,
  id: string,
  name: string | null,
  createdAt: number,
  status: Presence['status'] | null,
  lastSeen: number | null,
  displayName: string | null,
  about: string | null,
  avatar: string | null,
];
export const userColumns = (user: string, presence: string): string =>
  `${user}.row, ${user}.id, ${user}.username, ${user}.created_at, ${presence}.status, ${presence}.last_seen,
   ${user}.display_name, ${user}.about, ${user}.avatar`;
const USER_COLUMNS = 9;

/** Columns of `messages`, as far as users see them; all are null where a join found none. */
export type MessageTuple = readonly [
  id: string,
  conversation: number,
  seq: number,
  sender: number,
  recipient: number,
  sentAt: number,
  content: string,
  replyTo: string | null,
  replySeq: number | null,
  hasAttachments: boolean,
];
const MESSAGE_COLUMNS = 10;
export const messageColumns = (message: string): string =>
  ['id', 'conversation', 'seq', 'sender', 'recipient', 'sent_at', 'content', 'reply_to', 'reply_seq']
    .map((column) => `${message}.${column}`)
    .concat(`${message}.attachments IS NOT NULL`)
    .join(', ');

export const toMessage = ([
  id,
  conversation,
  seq,
  sender,
  recipient,
  sentAt,
  content,
  replyTo,
  replySeq,
  hasAttachments,
]: MessageTuple): ShownMessage => ({
  ...{ id, conversation, seq, sender, recipient, sentAt, content },
  replyTo: repliedTo(replyTo, replySeq),
  hasAttachments,
});

export const repliedTo = (id: string | null, seq: number | null): ShownMessage['replyTo'] =>
  id === null || seq === null ? null : { id, seq };

/** The reactions to the message of a row, as one text; null if there are none. No emoji holds a space or a colon. */
export const reactionsColumn = (message: string): string =>
  `(SELECT string_agg(x.user_row || ':' || x.emoji, ' ' ORDER BY x.row) FROM reactions x
    WHERE x.conversation = ${message}.conversation AND x.seq = ${message}.seq AND x.is_current AND x.emoji IS NOT NULL)`;

const toReactions = (
  { conversation, seq }: Pick<ShownMessage, 'conversation' | 'seq'>,
  column: string,
): readonly FoundReaction[] =>
  column.split(' ').map((each) => {
    const [user = '', emoji = ''] = each.split(':');
    return [conversation, seq, Number(user), emoji];
  });

/** The attachments of the message of a row, as JSON; null if there are none. */
export const attachmentsColumn = (message: string): string =>
  `CASE WHEN ${message}.attachments IS NOT NULL THEN (
     SELECT json_agg(json_build_array(a.id, a.name, a.type, a.size, encode(a.sha256, 'hex')) ORDER BY a.position)
     FROM attachments a WHERE a.conversation = ${message}.conversation AND a.seq = ${message}.seq) END`;

type AttachmentJson = readonly [id: string, name: string, type: string, size: number, sha256: string];
const toAttachments = (
  { conversation, seq }: Pick<ShownMessage, 'conversation' | 'seq'>,
  column: string,
): readonly FoundAttachment[] =>
  (JSON.parse(column) as readonly AttachmentJson[]).map(([id, name, type, size, sha256]) => [
    conversation,
    seq,
    { id, name, type, size, sha256 },
  ]);

/** A conversation, both users and its newest message with its reactions and attachments. */
export type ShownConversationTuple = readonly [
  ...ConversationTuple,
  ...UserTuple,
  ...UserTuple,
  ...(MessageTuple | readonly [null, null, null, null, null, null, null, null, null, false]),
  reactions: string | null,
  attachments: string | null,
];

const CONVERSATION_END = 9;
const LOW_END = CONVERSATION_END + USER_COLUMNS;
const HIGH_END = LOW_END + USER_COLUMNS;
const NEWEST_END = HIGH_END + MESSAGE_COLUMNS;

/** The rows of one answer, which statements have loaded at one moment. */
export class LoadedRows implements PresentedRows {
  readonly now: number;
  readonly #users = new Map<number, UserRow>();
  readonly #presences = new Map<number, Presence>();
  readonly #conversations = new Map<number, ConversationRecord>();
  readonly #newest = new Map<number, ShownMessage>();
  readonly #newestReactions = new FoundReactions();
  readonly #reactions = new FoundReactions();
  readonly #attachments = new FoundAttachments();
  readonly #newestAttachments = new FoundAttachments();
  readonly #shown = new Set<string>();

  /** `now`: presence is never in the future, though a clock that ran ahead may have been stored. */
  constructor(now: number) {
    this.now = now;
  }

  addConversation(raw: ShownConversationTuple): ConversationRecord {
    const record = toConversation(raw.slice(0, CONVERSATION_END) as unknown as ConversationTuple);
    this.#conversations.set(record.row, record);
    this.addUser(raw.slice(CONVERSATION_END, LOW_END) as unknown as UserTuple);
    this.addUser(raw.slice(LOW_END, HIGH_END) as unknown as UserTuple);
    if (raw[HIGH_END] !== null) {
      const newest = toMessage(raw.slice(HIGH_END, NEWEST_END) as unknown as MessageTuple);
      this.#newest.set(record.row, newest);
      const reactions = raw[NEWEST_END] as string | null;
      if (reactions !== null) this.#newestReactions.add(toReactions(newest, reactions));
      const attachments = raw[NEWEST_END + 1] as string | null;
      if (attachments !== null) this.#newestAttachments.add(toAttachments(newest, attachments));
    }
    return record;
  }

  addUser([row, id, name, createdAt, status, lastSeen, displayName, about, avatar]: UserTuple): UserRow {
    const user = { row, id, name, createdAt, profile: { displayName, about, avatar } };
    this.#users.set(row, user);
    if (status !== null && lastSeen !== null) {
      this.#presences.set(row, { status, lastSeen: Math.min(lastSeen, this.now) });
    }
    return user;
  }

  addReactions(found: readonly FoundReaction[]): void {
    this.#reactions.add(found);
  }

  /** Of messages whose reactions were loaded, and of the newest ones of conversations. */
  reactionsTo(): ReactionsTo {
    return (message) => {
      const found = this.#reactions.to(message);
      return found.length > 0 ? found : this.#newestReactions.to(message);
    };
  }

  addAttachments(found: readonly FoundAttachment[]): void {
    this.#attachments.add(found);
  }

  /** Of messages whose attachments were loaded, and of the newest ones of conversations. */
  attachmentsTo(): AttachmentsTo {
    return (message) => {
      const found = this.#attachments.to(message);
      return found.length > 0 ? found : this.#newestAttachments.to(message);
    };
  }

  /** Notes that a user shows their presence to another one. */
  addShown(from: number, to: number): void {
    this.#shown.add(`${String(from)}:${String(to)}`);
  }

  userAt(row: number): UserRow {
    return loaded(this.#users.get(row), 'user', row);
  }

  /** Which of the two users of a conversation has this id; null for neither. */
  userOf({ sideA, sideB }: ConversationRecord, id: string): UserRow | null {
    return [sideA, sideB].map((side) => this.userAt(side.user)).find((user) => user.id === id) ?? null;
  }

  conversationAt(row: number): ConversationRecord {
    return loaded(this.#conversations.get(row), 'conversation', row);
  }

  presence(user: number): Presence {
    return this.#presences.get(user) ?? { status: 'offline', lastSeen: null };
  }

  newestMessage({ row }: ConversationRecord): ShownMessage {
    return loaded(this.#newest.get(row), 'newest message of conversation', row);
  }

  showsPresence(from: number, to: number): boolean {
    return this.#shown.has(`${String(from)}:${String(to)}`);
  }
}

const loaded = <T>(value: T | undefined, kind: string, row: number): T => {
  if (value === undefined) throw new Error(`no ${kind} ${String(row)}`);
  return value;
};
