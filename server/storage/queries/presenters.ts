import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { Conversation, Message, MessageStatus, User } from '../../protocol/resources.ts';
import { mySide, peerSide, unreadCount } from '../write-cache/conversation-record.ts';
import type { ConversationRecord, Side } from '../write-cache/conversation-record.ts';
import type { PersonRow, Presence, Rows, ShownMessage } from './rows.ts';

export const DELETED_NAME = 'Deleted User';

/** Rows as one viewer may see them (SPEC §4). Made anew for each query, so what it remembers of people and conversations is of one
 *  moment. */
export class Presenters {
  readonly #rows: Rows;
  readonly #viewer: number;
  readonly #people = new Map<number, PersonRow>();
  readonly #conversations = new Map<number, ConversationRecord>();

  constructor(rows: Rows, viewer: number) {
    this.#rows = rows;
    this.#viewer = viewer;
  }

  /** Presence only for oneself and for people who have written to one: to write to somebody is the consent. [S7] */
  user(person: PersonRow): User {
    if (isDeleted(person)) return deletedUser(person);
    return livingUser(person, this.#seesPresence(person.row) ? this.#rows.presence(person.row) : null);
  }

  /** Whether the viewer has deleted it, with its conversation as it was then. */
  isCleared(row: Pick<ShownMessage, 'conversation' | 'seq'>): boolean {
    return row.seq <= mySide(this.#conversationAt(row.conversation), this.#viewer).cleared;
  }

  message(row: ShownMessage): Message {
    const record = this.#conversationAt(row.conversation);
    const sender = this.#personAt(row.sender);
    return {
      message_id: row.id,
      conversation_id: record.id,
      seq: row.seq,
      sender_id: sender.id,
      sender_name: sender.name ?? DELETED_NAME,
      recipient_id: this.#personAt(row.recipient).id,
      content: row.content,
      sent_at: rfc3339(row.sentAt),
      is_anonymized: sender.name === null,
      ...(row.sender === this.#viewer ? { status: this.#status(record, row.seq) } : {}),
    };
  }

  conversation(record: ConversationRecord): Conversation {
    this.#conversations.set(record.row, record);
    const mine = mySide(record, this.#viewer);
    const theirs = peerSide(record, this.#viewer);
    const shown = record.lastSeq > mine.cleared;
    return {
      id: record.id,
      peer: this.#peer(this.#personAt(theirs.user), theirs),
      created_at: rfc3339(record.createdAt),
      last_message: shown ? this.message(this.#rows.messageAt(record.lastMessage)) : null,
      last_seq: record.lastSeq,
      unread_count: unreadCount(mine, theirs),
      delivered_seq: { me: mine.delivered, peer: theirs.delivered },
      read_seq: { me: mine.read, peer: theirs.read },
    };
  }

  /** The other person of a conversation, by their side of it. */
  #peer(person: PersonRow, side: Side): User {
    if (isDeleted(person)) return deletedUser(person);
    return livingUser(person, side.sent > 0 ? this.#rows.presence(person.row) : null);
  }

  #status(record: ConversationRecord, seq: number): MessageStatus {
    const theirs = peerSide(record, this.#viewer);
    if (seq <= theirs.read) return 'read';
    return seq <= theirs.delivered ? 'delivered' : 'sent';
  }

  #seesPresence(person: number): boolean {
    if (person === this.#viewer) return true;
    const record = this.#rows.conversationOf(this.#viewer, person);
    return record !== null && mySide(record, person).sent > 0;
  }

  #personAt(row: number): PersonRow {
    const known = this.#people.get(row);
    if (known !== undefined) return known;
    const found = this.#rows.personAt(row);
    this.#people.set(row, found);
    return found;
  }

  #conversationAt(row: number): ConversationRecord {
    const known = this.#conversations.get(row);
    if (known !== undefined) return known;
    const found = this.#rows.conversationAt(row);
    this.#conversations.set(row, found);
    return found;
  }
}

export const isDeleted = (person: PersonRow): boolean => person.name === null;

export const deletedUser = ({ id }: Pick<PersonRow, 'id'>) =>
  ({ id, username: DELETED_NAME, deleted: true }) as const;

const toTime = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));

export const livingUser = (person: PersonRow, presence: Presence | null) => ({
  id: person.id,
  username: person.name ?? DELETED_NAME,
  created_at: rfc3339(person.createdAt),
  status: presence === null ? null : presence.status,
  last_seen: toTime(presence?.lastSeen ?? null),
});
