import type { ConversationRecord } from '../rules/conversation-record.ts';

export interface UserRow {
  readonly row: number;
  readonly id: string;
  /** Null for a deleted user. */
  readonly name: string | null;
  readonly createdAt: number;
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
  /** Whether a user has written to another one. */
  hasWritten(from: number, to: number): boolean;
}
