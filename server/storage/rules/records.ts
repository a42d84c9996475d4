import type { LoggedEvent } from '../logged-event.ts';
import type { WriteName, Writes } from '../writes.ts';
import type { ConversationRecord, RecentMessage, Side } from './conversation-record.ts';
import type { Kind, ReceiptKind } from './event-kinds.ts';
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
}

/** A message that has this id; of one that retention has removed there is only a hash of its text. */
export type StoredMessage = Omit<NumberedMessage, 'id' | 'content'> & { readonly conversationId: string } & (
    | { readonly content: string; readonly contentHash?: undefined }
    | { readonly content: null; readonly contentHash: Buffer }
  );

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
    /** Removes a receipt that a later one covers. `cursor` 0: there is none. */
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
  /** The events of the write that is being applied, which are announced after the commit. */
  readonly events: LoggedEvent[];
  /** Adds the event at `cursor` of a user's log, as queries will return it from now on, to the events of this write. */
  tellLogged(tx: Tx, userId: string, cursor: number): void;
}

/** A rule applies one write at `now`. It throws only for faults; the store then undoes what it had done. */
export type Rule<Tx, W extends WriteName> = (tx: Tx, input: Writes[W]['in'], now: number) => Writes[W]['out'];
