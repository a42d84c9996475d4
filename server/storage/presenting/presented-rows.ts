import type { StoredAttachment } from '../attachments/stored-attachment.ts';
import type { RepliedTo } from '../writes.ts';
import type { ConversationRecord } from '../rules/conversation-record.ts';

export interface UserRow {
  readonly row: number;
  readonly id: string;
  /** Null for a deleted user. */
  readonly name: string | null;
  readonly createdAt: number;
  /** What a deleted user has none of [U5]. */
  readonly profile: ShownProfile;
}

/** What a user has chosen to show. Null: not set. */
interface ShownProfile {
  readonly displayName: string | null;
  readonly about: string | null;
  /** The version of the avatar. */
  readonly avatar: string | null;
}

export interface Presence {
  readonly status: 'online' | 'offline';
  /** Milliseconds since the epoch. */
  readonly lastSeen: number | null;
}

/** What users see of a message. */
export interface ShownMessage {
  readonly id: string;
  readonly conversation: number;
  readonly seq: number;
  readonly sender: number;
  readonly recipient: number;
  readonly sentAt: number;
  readonly content: string;
  readonly replyTo: RepliedTo | null;
  readonly hasAttachments: boolean;
}

/** A reaction as it is now. `user`: the row of whoever reacted. */
export interface ShownReaction {
  readonly user: number;
  readonly emoji: string;
}

/** The reactions to one of some messages, in the order in which they were set. */
export type ReactionsTo = (message: Pick<ShownMessage, 'conversation' | 'seq'>) => readonly ShownReaction[];

/** The attachments of one of some messages, in their order. */
export type AttachmentsTo = (
  message: Pick<ShownMessage, 'conversation' | 'seq'>,
) => readonly StoredAttachment[];

/** A change of a reaction, and what its event says of the message. */
export interface ShownReactionChange {
  readonly message: Pick<ShownMessage, 'id' | 'conversation' | 'seq'>;
  readonly user: number;
  readonly emoji: string | null;
}

/** `place`: the position in a log or in a conversation, which is a cursor or a `seq`. */
export interface PlacedMessage extends ShownMessage {
  readonly place: number;
}

/** The rows that an answer is made of, all of one moment. Each store finds them in its own way: one by one when they are asked for,
 *  or all at once beforehand. A row that is not there is a fault. */
export interface PresentedRows {
  userAt(row: number): UserRow;
  conversationAt(row: number): ConversationRecord;
  presence(user: number): Presence;
  /** The newest message of a conversation that has one. */
  newestMessage(record: ConversationRecord): ShownMessage;
  /** The reactions to these messages. */
  reactionsTo(messages: readonly Pick<ShownMessage, 'conversation' | 'seq'>[]): ReactionsTo;
  /** The attachments of these messages, which have some. */
  attachmentsTo(messages: readonly Pick<ShownMessage, 'conversation' | 'seq'>[]): AttachmentsTo;
  /** Whether a user has written to another one, and does not block them [S7] [B3]. */
  showsPresence(from: number, to: number): boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
