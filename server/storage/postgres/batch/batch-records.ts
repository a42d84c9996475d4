import type { LoggedEvent } from '../../logged-event.ts';
import { bucketOf, newRecord } from '../../rules/conversation-record.ts';
import type { ConversationRecord, RecentMessage, Side } from '../../rules/conversation-record.ts';
import { KIND, type Kind } from '../../rules/event-kinds.ts';
import type { KnownUser } from '../../rules/known-user.ts';
import type {
  NewReaction,
  NumberedMessage,
  ReactedMessage,
  ReactionRecord,
  Records,
  StoredMessage,
} from '../../rules/records.ts';
import { BatchAttachments } from './batch-attachments.ts';
import { BatchBlocks } from './batch-blocks.ts';
import { newestKey, reactionKey, type LoadedBatch, type LockedHead } from './load.ts';

export interface NewEvent {
  readonly user: number;
  readonly cursor: number;
  readonly kind: Kind;
  readonly at: number;
  readonly subject: number;
  readonly seq: number;
}

interface MovedMember {
  readonly user: number;
  readonly from: number;
  to: number;
  readonly conversation: number;
}

/** A change of a reaction that is to be stored. */
interface StoredReaction extends NewReaction {
  readonly row: number;
  readonly conversation: number;
  readonly seq: number;
  isCurrent: boolean;
}

/** An event that the log has to be asked for once it is written, and where among the events of its write it belongs. */
export interface Told {
  readonly userId: string;
  readonly cursor: number;
  readonly events: LoggedEvent[];
  readonly at: number;
}

const eventKey = (user: number, cursor: number): string => `${String(user)}:${String(cursor)}`;

/** The records of one batch, loaded under lock, and what the rules change of them. Nothing is written before `flush`. A rule that throws
 *  leaves them in between: they are thrown away. */
export class BatchRecords implements Records<null> {
  readonly #loaded: LoadedBatch;
  readonly #usersById = new Map<string, KnownUser>();
  readonly #usersByRow = new Map<number, KnownUser>();
  readonly #heads = new Map<number, LockedHead>();
  readonly #byPair = new Map<string, ConversationRecord>();
  readonly #byId = new Map<string, ConversationRecord>();
  readonly #conversationRows: number[];
  /** The cursor that each head had when it was loaded. */
  readonly #cursorsBefore = new Map<number, number>();
  readonly #added = new Map<string, StoredMessage>();
  readonly created = new Set<ConversationRecord>();
  readonly touched = new Set<ConversationRecord>();
  readonly newMessages: (NumberedMessage & { readonly conversation: number })[] = [];
  readonly newEvents = new Map<string, NewEvent>();
  readonly droppedEvents: { readonly user: number; readonly cursor: number }[] = [];
  readonly movedMembers = new Map<string, MovedMember>();
  readonly #reactionRows: number[];
  /** The last change of each reaction of this batch, by `reactionKey`. */
  readonly #reactions = new Map<string, StoredReaction>();
  readonly newReactions: StoredReaction[] = [];
  /** Stored changes that this batch replaces, by row. */
  readonly formerReactions: number[] = [];
  readonly blocks: BatchBlocks;
  readonly attachments: BatchAttachments;
  readonly told: Told[] = [];
  events: LoggedEvent[] = [];

  /** `rows`: of the users of the batch that exist, by id. */
  constructor(loaded: LoadedBatch, rows: ReadonlyMap<string, number>) {
    this.#loaded = loaded;
    this.#conversationRows = [...loaded.conversationRows];
    this.#reactionRows = [...loaded.reactionRows];
    this.blocks = new BatchBlocks(loaded.blocks);
    this.attachments = new BatchAttachments(loaded.attachments);
    for (const head of loaded.heads) {
      this.#heads.set(head.row, head);
      this.#cursorsBefore.set(head.row, head.cursor);
    }
    for (const [id, row] of rows) {
      const user = { row, id, name: this.#head(row).name };
      this.#usersById.set(id, user);
      this.#usersByRow.set(row, user);
    }
    for (const record of loaded.conversations) this.#keep(record);
  }

  readonly users = {
    find: (_tx: null, id: string): KnownUser | null => this.#usersById.get(id) ?? null,
    at: (_tx: null, row: number): KnownUser => {
      const user = this.#usersByRow.get(row);
      if (user === undefined) throw new Error(`user ${String(row)} is not of this batch`);
      return user;
    },
  };

  readonly conversations = {
    find: (_tx: null, id: string): ConversationRecord | null => this.#byId.get(id) ?? null,
    findByPair: (_tx: null, a: number, b: number): ConversationRecord | null =>
      this.#byPair.get(pairKey(a, b)) ?? null,
    create: (
      _tx: null,
      id: string,
      opener: { readonly row: number; readonly activity: number },
      peer: number,
      now: number,
    ): ConversationRecord => {
      const row = this.#conversationRows.pop();
      if (row === undefined) throw new Error('no row is left for a new conversation');
      const record = newRecord(row, id, opener, peer, now);
      this.created.add(record);
      this.#keep(record);
      return record;
    },
    touch: (_tx: null, record: ConversationRecord, cursorA: number, cursorB: number): void => {
      this.touched.add(record);
      this.#activity(record, record.sideA, cursorA);
      this.#activity(record, record.sideB, cursorB);
    },
    reopened: (_tx: null, record: ConversationRecord, side: Side, cursor: number): void => {
      side.hidden = false;
      this.touched.add(record);
      this.#activity(record, side, cursor);
    },
    changed: (record: ConversationRecord): void => {
      this.touched.add(record);
    },
  };

  readonly log = {
    nextCursor: (_tx: null, user: number): number => this.#head(user).cursor + 1,
    addEvent: (_tx: null, user: number, kind: Kind, at: number, record: ConversationRecord): number =>
      this.#addEvent({ user, kind, at, subject: record.row, seq: 0 }),
    addReceipt: (
      _tx: null,
      user: number,
      kind: Kind,
      at: number,
      { record, message }: { readonly record: ConversationRecord; readonly message: RecentMessage },
    ): number => this.#addEvent({ user, kind, at, subject: record.row, seq: message.seq }),
    addReaction: (_tx: null, user: number, at: number, reaction: number): number =>
      this.#addEvent({ user, kind: KIND.reaction, at, subject: reaction, seq: 0 }),
    addBlock: (_tx: null, user: number, kind: Kind, at: number, peer: number): number =>
      this.#addEvent({ user, kind, at, subject: peer, seq: 0 }),
    dropEvent: (_tx: null, user: number, cursor: number): void => {
      if (cursor === 0) return;
      if (!this.newEvents.delete(eventKey(user, cursor))) this.droppedEvents.push({ user, cursor });
    },
  };

  readonly messages = {
    add: (_tx: null, record: ConversationRecord, message: NumberedMessage): RecentMessage | null => {
      if (this.messages.find(null, message.id) !== null) return null;
      this.#head(message.sender).cursor += 1;
      this.#head(message.recipient).cursor += 1;
      this.#added.set(message.id, { ...message, row: 0, conversationId: record.id });
      this.newMessages.push({ ...message, conversation: record.row });
      const { id, seq, ordinal } = message;
      return { row: 0, id, seq, ordinal };
    },
    find: (_tx: null, id: string): StoredMessage | null =>
      this.#added.get(id) ?? this.#loaded.messages.get(id) ?? null,
    newestOf: (_tx: null, record: ConversationRecord, seq: number, sender: number): RecentMessage | null => {
      // A message of this batch is newer than all that were loaded.
      const added = this.newMessages.findLast(
        (each) => each.conversation === record.row && each.sender === sender && each.seq <= seq,
      );
      if (added !== undefined) return { row: 0, id: added.id, seq: added.seq, ordinal: added.ordinal };
      return this.#loaded.newest.get(newestKey(record.row, seq, sender)) ?? null;
    },
  };

  readonly reactions = {
    current: (_tx: null, { record, seq }: ReactedMessage, user: number): ReactionRecord | null => {
      const key = reactionKey(record.row, seq, user);
      return this.#reactions.get(key) ?? this.#loaded.reactions.get(key) ?? null;
    },
    add: (
      _tx: null,
      { record, seq }: ReactedMessage,
      change: NewReaction,
      former: ReactionRecord | null,
    ): number => {
      // They rise with the order of the changes, as in SQLite.
      const row = this.#reactionRows.shift();
      if (row === undefined) throw new Error('no row is left for a reaction');
      const key = reactionKey(record.row, seq, change.user);
      const added = this.#reactions.get(key);
      if (added !== undefined) added.isCurrent = false;
      else if (former !== null) this.formerReactions.push(former.row);
      const stored = { ...change, row, conversation: record.row, seq, isCurrent: true };
      this.#reactions.set(key, stored);
      this.newReactions.push(stored);
      return row;
    },
  };

  tellLogged(_tx: null, userId: string, cursor: number): void {
    this.told.push({ userId, cursor, events: this.events, at: this.events.length });
  }

  /** The heads that have moved, with the cursor before. */
  get movedHeads(): readonly (LockedHead & { readonly before: number })[] {
    return [...this.#heads.values()]
      .map((head) => ({ ...head, before: this.#cursorsBefore.get(head.row) ?? head.cursor }))
      .filter(({ cursor, before }) => cursor !== before);
  }

  #head(user: number): LockedHead {
    const head = this.#heads.get(user);
    if (head === undefined) throw new Error(`no log of user ${String(user)}`);
    return head;
  }

  #keep(record: ConversationRecord): void {
    this.#byPair.set(pairKey(record.sideA.user, record.sideB.user), record);
    this.#byId.set(record.id, record);
  }

  #addEvent(event: Omit<NewEvent, 'cursor'>): number {
    const head = this.#head(event.user);
    head.cursor += 1;
    this.newEvents.set(eventKey(event.user, head.cursor), { ...event, cursor: head.cursor });
    return head.cursor;
  }

  /** An entry of a new conversation is written where it belongs in the end. */
  #activity(record: ConversationRecord, side: Side, cursor: number): void {
    const from = bucketOf(side.activity);
    const to = bucketOf(cursor);
    side.activity = cursor;
    if (from === to || this.created.has(record)) return;
    const key = `${String(record.row)}:${String(side.user)}`;
    const moved = this.movedMembers.get(key);
    if (moved === undefined)
      this.movedMembers.set(key, { user: side.user, from, to, conversation: record.row });
    else moved.to = to;
  }
}

const pairKey = (a: number, b: number): string => `${String(Math.min(a, b))}:${String(Math.max(a, b))}`;
