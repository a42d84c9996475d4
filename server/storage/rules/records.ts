import type { LoggedEvent } from '../logged-event.ts';
import type { StoredAttachment } from '../attachments/stored-attachment.ts';
import type { RepliedTo, WriteName, Writes } from '../writes.ts';
import type { ConversationRecord, RecentMessage, Side } from './conversation-record.ts';
import type { BlockKind, Kind, ReceiptKind } from './event-kinds.ts';
import type { KnownUser } from './known-user.ts';

/** A message with its numbers in its conversation and in both logs. */
export interface NumberedMessage {
  readonly id: string;
  readonly seq: number;
  /** Its number among the messages of its sender in the conversation, from 1. */
  readonly ordinal: number;
  /** The rows of the two users. */
  readonly sender: number;
  readonly recipient: number;
  readonly senderCursor: number;
  readonly recipientCursor: number;
  readonly sentAt: number;
  readonly content: string;
  readonly replyTo: RepliedTo | null;
  /** The ids of its attachments, in their order. */
  readonly attachments: readonly string[];
}

/** A message that has this id; of one that retention has removed there is only a hash of its content. `row`: in SQLite; 0 elsewhere. */
export type StoredMessage = Omit<NumberedMessage, 'id' | 'content' | 'replyTo' | 'attachments'> & {
  readonly row: number;
  readonly conversationId: string;
} & (
    | (Pick<NumberedMessage, 'content' | 'replyTo' | 'attachments'> & { readonly contentHash?: undefined })
    | { readonly content: null; readonly contentHash: Buffer }
  );

/** A message that users can react to. `row`: as in `StoredMessage`. */
export interface ReactedMessage {
  readonly record: ConversationRecord;
  readonly row: number;
  readonly seq: number;
}

/** A change of a reaction: a user has set or replaced it, or taken it back. */
export interface ReactionRecord {
  readonly row: number;
  /** Null: taken back. */
  readonly emoji: string | null;
  readonly at: number;
  /** In the log of the user who reacted. */
  readonly cursor: number;
}

/** A change that is about to be stored. */
export interface NewReaction extends Omit<ReactionRecord, 'row'> {
  /** The row of the user who reacts. */
  readonly user: number;
  /** In the log of the other user; 0: they have removed the message for themselves, and are told nothing. */
  readonly peerCursor: number;
}

/** Whom users block, also where there is no conversation. PostgreSQL has them for pairs without one, and for writes of blocks. */
export interface BlockRecords<Tx> {
  has(tx: Tx, user: number, peer: number): boolean;
  count(tx: Tx, user: number): number;
  add(tx: Tx, user: number, peer: number, at: number): void;
  remove(tx: Tx, user: number, peer: number): void;
}

/** The attachments that users have uploaded, and those of messages. */
export interface AttachmentRecords<Tx> {
  /** One that this user has uploaded and not sent; null if there is none with this id. */
  unsent(tx: Tx, id: string, uploader: number): StoredAttachment | null;
  /** Those of a message from now on, in this order. */
  bind(tx: Tx, ids: readonly string[], record: ConversationRecord, seq: number): void;
  /** Those of the messages up to `seq` can be seen by nobody any more, and go in steps. */
  release(tx: Tx, record: ConversationRecord, seq: number): void;
}

/** What the rules of writes work on: the records that a transaction concerns. `Tx` is the store's own handle of the transaction,
 *  which the rules only pass on. SQLite reads a record when a rule asks for it. PostgreSQL has loaded all records of a batch under
 *  lock, and writes them back once the rules have run. */
export interface Records<Tx> {
  readonly users: {
    /** Null for an id that never existed. */
    find(tx: Tx, id: string): KnownUser | null;
    at(tx: Tx, row: number): KnownUser;
  };
  readonly conversations: {
    find(tx: Tx, id: string): ConversationRecord | null;
    findByPair(tx: Tx, a: number, b: number): ConversationRecord | null;
    /** `opener.activity`: the cursor that their log gives to the event of this. */
    create(
      tx: Tx,
      id: string,
      opener: { readonly row: number; readonly activity: number },
      peer: number,
      now: number,
    ): ConversationRecord;
    /** Records a new message, with its cursors in both logs. */
    touch(tx: Tx, record: ConversationRecord, cursorA: number, cursorB: number): void;
    /** One of the two opened it again: it is listed first for them. */
    reopened(tx: Tx, record: ConversationRecord, side: Side, cursor: number): void;
    /** Positions, or what is hidden, changed. */
    changed(record: ConversationRecord): void;
  };
  readonly log: {
    nextCursor(tx: Tx, user: number): number;
    /** Appends an event about a conversation to a user's log and returns its cursor. */
    addEvent(tx: Tx, user: number, kind: Kind, at: number, record: ConversationRecord): number;
    /** Appends a receipt for a message of this conversation and returns its cursor. */
    addReceipt(
      tx: Tx,
      user: number,
      kind: ReceiptKind,
      at: number,
      of: { readonly record: ConversationRecord; readonly message: RecentMessage },
    ): number;
    /** Appends the event of a change of a reaction, which has the row `reaction`, and returns its cursor. */
    addReaction(tx: Tx, user: number, at: number, reaction: number): number;
    /** Appends the event of a block of the user `peer` and returns its cursor. */
    addBlock(tx: Tx, user: number, kind: BlockKind, at: number, peer: number): number;
    /** Removes an event in whose place a later one stands. `cursor` 0: there is none. */
    dropEvent(tx: Tx, user: number, cursor: number): void;
  };
  readonly messages: {
    /** Stores a message and takes both cursors. Returns what later receipts need to know of it, or null, and has changed nothing, if
     *  the id is taken. */
    add(tx: Tx, record: ConversationRecord, message: NumberedMessage): RecentMessage | null;
    /** The message that has this id, or had it until retention removed the message. */
    find(tx: Tx, id: string): StoredMessage | null;
    /** The newest message of this sender at or below `seq`. */
    newestOf(tx: Tx, record: ConversationRecord, seq: number, sender: number): RecentMessage | null;
  };
  readonly reactions: {
    /** The last change of a user's reaction to a message; null if there never was one. */
    current(tx: Tx, message: ReactedMessage, user: number): ReactionRecord | null;
    /** Stores a change, which replaces `former`, and returns its row. */
    add(tx: Tx, message: ReactedMessage, change: NewReaction, former: ReactionRecord | null): number;
  };
  readonly blocks: BlockRecords<Tx>;
  readonly attachments: AttachmentRecords<Tx>;
  /** The events of the write that is being applied, which are announced after the commit. */
  readonly events: LoggedEvent[];
  /** Adds the event at `cursor` of a user's log, as queries will return it from now on, to the events of this write. */
  tellLogged(tx: Tx, userId: string, cursor: number): void;
}

/** A rule applies one write at `now`. It throws only for faults; the store then undoes what it had done. */
export type Rule<Tx, W extends WriteName> = (tx: Tx, input: Writes[W]['in'], now: number) => Writes[W]['out'];
