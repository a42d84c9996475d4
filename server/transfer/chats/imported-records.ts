import type { Ids } from '../../runtime/ids.ts';
import type {
  ChatStaging,
  MessagePlace,
  UnnumberedMessage,
} from '../../storage/sqlite/transfer/chat-staging.ts';
import type { ExportRecord, RecordOf } from '../../storage/transfer/export-record.ts';
import type { Plan, PlannedChat, PlannedUser } from './plan.ts';

type Side = RecordOf<'conversation'>['sides'][number];
type Event = RecordOf<'event'>;

/** What becomes of one chat. */
interface Filled {
  readonly chat: PlannedChat;
  createdAt: number;
  lastSeq: number;
  /** The newest message of each of the two. */
  readonly newest: [Newest, Newest];
}
interface Newest {
  seq: number;
  at: number;
}

/** The records that a plan makes. In every log they come first: what was written here since then comes after them. All messages
 *  count as read, for they are old. */
export class ImportedRecords {
  readonly #staging: ChatStaging;
  readonly #newUsers: readonly PlannedUser[];
  readonly #now: number;
  readonly #ids: Ids;
  readonly #filled = new Map<number, Filled>();
  readonly #byConversation = new Map<string, Filled>();
  readonly #cursors = new Map<string, number>();
  readonly #events: Event[] = [];
  messages = 0;

  /** `now`: when new accounts are made. Holds the chats, and no messages. */
  constructor({ users, chats }: Plan, staging: ChatStaging, { now, ids }: { now: number; ids: Ids }) {
    this.#staging = staging;
    this.#newUsers = users.filter(({ isNew }) => isNew);
    this.#now = now;
    this.#ids = ids;
    for (const chat of chats) {
      const newest: [Newest, Newest] = [
        { seq: 0, at: 0 },
        { seq: 0, at: 0 },
      ];
      const filled = { chat, createdAt: 0, lastSeq: 0, newest };
      this.#filled.set(chat.number, filled);
      this.#byConversation.set(chat.conversationId, filled);
    }
    staging.placeAll((message) => this.#place(message));
    staging.placeReactions((reaction) => this.#placeReaction(reaction));
    for (const filled of this.#filled.values()) this.#addReceipts(filled);
  }

  /** How many events of a user's log come before those that were there. */
  eventsOf(userId: string): number {
    return this.#cursors.get(userId) ?? 0;
  }

  /** A conversation that was there, with its messages; null for one that gets none. */
  sidesOf(conversationId: string): [Side, Side] | null {
    const filled = this.#byConversation.get(conversationId);
    return filled === undefined ? null : sidesOf(filled);
  }

  /** In the order of an export. */
  *records(): Generator<ExportRecord, void, void> {
    yield* this.#newUsers.map((user) => this.#userRecord(user)).sort(byText(({ id }) => id));
    const filled = [...this.#filled.values()].sort(byText(({ chat }) => chat.conversationId));
    for (const each of filled) {
      const { chat, createdAt } = each;
      if (chat.isNew)
        yield { type: 'conversation', id: chat.conversationId, created_at: createdAt, sides: sidesOf(each) };
    }
    for (const { chat } of filled) yield* this.#messagesOf(chat);
    yield* this.#events.sort((a, b) =>
      a.user_id === b.user_id ? a.cursor - b.cursor : a.user_id < b.user_id ? -1 : 1,
    );
    for (const { chat } of filled) yield* this.#reactionsOf(chat);
  }

  #place({ chat: number, sender, sentAt }: UnnumberedMessage): MessagePlace | null {
    const filled = this.#filled.get(number);
    if (filled === undefined) return null;
    const { chat, newest } = filled;
    const [from, to] = sender === 0 ? chat.users : ([chat.users[1], chat.users[0]] as const);
    if (filled.lastSeq === 0) {
      filled.createdAt = sentAt;
      if (chat.isNew) this.#addEvent(from, 'conversation_created', sentAt, chat.conversationId, null);
    }
    filled.lastSeq += 1;
    this.messages += 1;
    newest[sender] = { seq: filled.lastSeq, at: sentAt };
    return { seq: filled.lastSeq, senderCursor: this.#next(from), recipientCursor: this.#next(to) };
  }

  #placeReaction({ chat: number, by }: { readonly chat: number; readonly by: 0 | 1 }) {
    const chat = this.#filled.get(number)?.chat;
    if (chat === undefined) return null;
    return { cursor: this.#next(chat.users[by]), peerCursor: this.#next(chat.users[by === 0 ? 1 : 0]) };
  }

  /** As if each of the two had read the newest message of the other [D9]. */
  #addReceipts({ chat, newest }: Filled): void {
    for (const [side, { seq, at }] of newest.entries()) {
      if (seq === 0) continue;
      const [from, to] = side === 0 ? chat.users : ([chat.users[1], chat.users[0]] as const);
      for (const user of [from, to]) this.#addEvent(user, 'read', at, chat.conversationId, seq);
    }
  }

  #addEvent(user: string, kind: Event['kind'], at: number, subject: string, seq: number | null): void {
    const cursor = this.#next(user);
    this.#events.push({ type: 'event', user_id: user, cursor, kind, at, subject_id: subject, seq });
  }

  #next(user: string): number {
    const cursor = this.eventsOf(user) + 1;
    this.#cursors.set(user, cursor);
    return cursor;
  }

  #userRecord({ id, username }: PlannedUser): RecordOf<'user'> {
    return {
      type: 'user',
      id,
      username,
      created_at: this.#now,
      deleted_at: null,
      deleted_name: null,
      role: 'user',
      disabled_at: null,
      password_hash: hashOfNoPassword(this.#ids),
      last_seen: null,
      cursor: this.eventsOf(id),
      display_name: null,
      about: null,
    };
  }

  *#messagesOf({ number, conversationId, users }: PlannedChat): Generator<ExportRecord, void, void> {
    for (const message of this.#staging.messagesOf(number))
      yield {
        type: 'message',
        id: message.id,
        conversation_id: conversationId,
        seq: message.seq,
        sender_id: users[message.sender],
        sender_cursor: message.senderCursor,
        recipient_cursor: message.recipientCursor,
        sent_at: message.sentAt,
        content: message.content,
        reply_to:
          message.replyTo === null ? null : { message_id: message.replyTo.id, seq: message.replyTo.seq },
        attachments: [],
      };
  }

  *#reactionsOf({ number: chat, conversationId, users }: PlannedChat): Generator<ExportRecord, void, void> {
    let [seq, number] = [0, 0];
    for (const reaction of this.#staging.reactionsOf(chat)) {
      number = reaction.seq === seq ? number + 1 : 1;
      ({ seq } = reaction);
      yield {
        type: 'reaction',
        conversation_id: conversationId,
        seq,
        number,
        user_id: users[reaction.by],
        emoji: reaction.emoji,
        at: reaction.at,
        cursor: reaction.cursor,
        peer_cursor: reaction.peerCursor,
      };
    }
  }
}

/** A hash that was drawn and not computed: nobody knows a password that has it. The account can be logged in to once the operator has
 *  given its owner a reset code. */
const hashOfNoPassword = (ids: Ids): string => {
  const base64 = (bytes: number): string =>
    Buffer.from(ids.random(bytes)).toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=19456,t=2,p=1$${base64(16)}$${base64(32)}`;
};

const sidesOf = ({ chat, newest }: Filled): [Side, Side] => {
  const [first, second] = chat.users.map((user, side): Side => {
    const seq = newest[side === 0 ? 1 : 0].seq;
    return {
      ...{ user_id: user, delivered: seq, read: seq, cleared: 0, hidden: false },
      ...{ pinned: false, archived: false, muted_until: null },
    };
  }) as [Side, Side];
  return first.user_id < second.user_id ? [first, second] : [second, first];
};

const byText =
  <T>(of: (value: T) => string) =>
  (a: T, b: T): number =>
    of(a) < of(b) ? -1 : 1;
