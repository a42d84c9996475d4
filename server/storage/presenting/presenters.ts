import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { ConversationResource } from '../../protocol/resources/conversation.ts';
import type { MessageResource, MessageStatus } from '../../protocol/resources/message.ts';
import type { UserResource } from '../../protocol/resources/user.ts';
import { firstSeq, mySide, peerSide, removedSeq, unreadCount } from '../rules/conversation-record.ts';
import type { ConversationRecord, Side } from '../rules/conversation-record.ts';
import { mutedTime } from '../rules/conversation-settings.ts';
import { NO_ATTACHMENTS } from './found-attachments.ts';
import type {
  AttachmentsTo,
  Presence,
  PresentedRows,
  ReactionsTo,
  ShownMessage,
  UserRow,
} from './presented-rows.ts';

export const DELETED_NAME = 'Deleted User';

/** Turns rows into what one viewer may see. Created for each query, so that the users and conversations it caches are of one
 *  moment. */
export class Presenters {
  readonly #rows: PresentedRows;
  readonly #viewer: number;
  readonly #users = new Map<number, UserRow>();
  readonly #conversations = new Map<number, ConversationRecord>();

  constructor(rows: PresentedRows, viewer: number) {
    this.#rows = rows;
    this.#viewer = viewer;
  }

  /** Presence only for oneself and for people who have written to one: to write to somebody is the consent [S7]. Whoever blocks one takes
   *  it back [B3]. */
  user(user: UserRow): UserResource {
    if (isDeleted(user)) return deletedUser(user);
    return livingUser(user, this.#seesPresence(user.row) ? this.#rows.presence(user.row) : null);
  }

  /** Whether the viewer has deleted it, with its conversation as it was then, or retention has removed it. */
  isGone(row: Pick<ShownMessage, 'conversation' | 'seq'>): boolean {
    return row.seq < firstSeq(this.#conversationAt(row.conversation), this.#viewer);
  }

  message(row: ShownMessage): MessageResource {
    return this.#message(row, this.#rows.reactionsTo([row]), this.#attachmentsTo([row]));
  }

  /** The reactions to all of them are looked up at once, and their attachments. */
  messages(rows: readonly ShownMessage[]): readonly MessageResource[] {
    const reactionsTo = this.#rows.reactionsTo(rows);
    const attachmentsTo = this.#attachmentsTo(rows);
    return rows.map((row) => this.#message(row, reactionsTo, attachmentsTo));
  }

  #attachmentsTo(rows: readonly ShownMessage[]): AttachmentsTo {
    const having = rows.filter(({ hasAttachments }) => hasAttachments);
    return having.length === 0 ? NO_ATTACHMENTS : this.#rows.attachmentsTo(having);
  }

  #message(row: ShownMessage, reactionsTo: ReactionsTo, attachmentsTo: AttachmentsTo): MessageResource {
    const record = this.#conversationAt(row.conversation);
    const sender = this.#userAt(row.sender);
    return {
      message_id: row.id,
      conversation_id: record.id,
      seq: row.seq,
      sender_id: sender.id,
      sender_name: sender.name ?? DELETED_NAME,
      recipient_id: this.#userAt(row.recipient).id,
      content: row.content,
      sent_at: rfc3339(row.sentAt),
      is_anonymized: sender.name === null,
      reply_to: row.replyTo === null ? null : { message_id: row.replyTo.id, seq: row.replyTo.seq },
      reactions: reactionsTo(row).map(({ user, emoji }) => ({ user_id: this.#userAt(user).id, emoji })),
      attachments: [...attachmentsTo(row)],
      ...(row.sender === this.#viewer ? { status: this.#status(record, row.seq) } : {}),
    };
  }

  conversation(record: ConversationRecord): ConversationResource {
    return this.#conversation(
      record,
      this.#showsNewest(record) ? this.message(this.#newestOf(record)) : null,
    );
  }

  /** Their newest messages are shown all at once. */
  conversations(records: readonly ConversationRecord[]): readonly ConversationResource[] {
    const showing = records.filter((record) => this.#showsNewest(record));
    const newest = this.messages(showing.map((record) => this.#newestOf(record)));
    const shown = new Map(showing.map(({ row }, n) => [row, newest[n] ?? null]));
    return records.map((record) => this.#conversation(record, shown.get(record.row) ?? null));
  }

  #showsNewest(record: ConversationRecord): boolean {
    return record.lastSeq >= firstSeq(record, this.#viewer);
  }

  #newestOf(record: ConversationRecord): ShownMessage {
    this.#conversations.set(record.row, record);
    return this.#rows.newestMessage(record);
  }

  #conversation(record: ConversationRecord, newest: MessageResource | null): ConversationResource {
    const mine = mySide(record, this.#viewer);
    const theirs = peerSide(record, this.#viewer);
    return {
      id: record.id,
      peer: this.#peer(this.#userAt(theirs.user), theirs),
      created_at: rfc3339(record.createdAt),
      last_message: newest,
      last_seq: record.lastSeq,
      first_seq: firstSeq(record, this.#viewer),
      removed_until: removedSeq(record) > mine.cleared ? rfc3339(record.removedUntil) : null,
      unread_count: unreadCount(mine, theirs),
      delivered_seq: { me: mine.delivered, peer: theirs.delivered },
      read_seq: { me: mine.read, peer: theirs.read },
      pinned: mine.pinned,
      archived: mine.archived,
      muted_until: mutedTime(mine.mutedUntil, this.#rows.now) === 0 ? null : rfc3339(mine.mutedUntil),
    };
  }

  /** The other user of a conversation, by their side of it. */
  #peer(user: UserRow, side: Side): UserResource {
    if (isDeleted(user)) return deletedUser(user);
    return livingUser(user, side.sent > 0 && !side.blocks ? this.#rows.presence(user.row) : null);
  }

  #status(record: ConversationRecord, seq: number): MessageStatus {
    const theirs = peerSide(record, this.#viewer);
    if (seq <= theirs.read) return 'read';
    return seq <= theirs.delivered ? 'delivered' : 'sent';
  }

  #seesPresence(user: number): boolean {
    return user === this.#viewer || this.#rows.showsPresence(user, this.#viewer);
  }

  #userAt(row: number): UserRow {
    const known = this.#users.get(row);
    if (known !== undefined) return known;
    const found = this.#rows.userAt(row);
    this.#users.set(row, found);
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

export const isDeleted = (user: UserRow): boolean => user.name === null;

export const deletedUser = ({ id }: Pick<UserRow, 'id'>) =>
  ({ id, username: DELETED_NAME, deleted: true }) as const;

const toTime = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));

export const livingUser = (user: UserRow, presence: Presence | null) => ({
  id: user.id,
  username: user.name ?? DELETED_NAME,
  created_at: rfc3339(user.createdAt),
  status: presence === null ? null : presence.status,
  last_seen: toTime(presence?.lastSeen ?? null),
  display_name: user.profile.displayName,
  about: user.profile.about,
  avatar: user.profile.avatar,
});
