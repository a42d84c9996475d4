import type { Connection } from '../open.ts';
import { toBlob } from '../uuid.ts';
import {
  bucketOf,
  changeable,
  CONVERSATION_COLUMNS,
  newRecord,
  toRecord,
  UPDATE_CONVERSATION,
} from './conversation-record.ts';
import type { ConversationRecord, RawConversation, Side } from './conversation-record.ts';

const CACHED = 20_000;
const pairKey = (a: number, b: number): number => Math.min(a, b) * 2 ** 26 + Math.max(a, b);

/** The conversations as the writer's transaction sees them. Changes are made to the record, named with `changed`, and reach
 *  the table with `flush`: once per transaction, however many messages a conversation got in it. */
export class Conversations {
  readonly #byPair = new Map<number, ConversationRecord>();
  readonly #byId = new Map<string, ConversationRecord>();
  readonly #dirty = new Set<ConversationRecord>();
  readonly #selectPair;
  readonly #selectId;
  readonly #insert;
  readonly #update;
  readonly #updateActivity;
  readonly #full = new Set<ConversationRecord>();
  readonly #addMember;
  readonly #moveMember;

  constructor(db: Connection) {
    const select = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE`;
    this.#selectPair = db
      .prepare<[number, number], RawConversation>(`${select} c.low = ? AND c.high = ?`)
      .raw();
    this.#selectId = db.prepare<[Buffer], RawConversation>(`${select} c.id = ?`).raw();
    this.#insert = db.prepare<[Buffer, number, number, number, number, number, number, number]>(
      `INSERT INTO conversations (id, low, high, created_at, low_activity, high_activity, low_hidden, high_hidden)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare<number[]>(UPDATE_CONVERSATION);
    this.#updateActivity = db.prepare<number[]>(
      `UPDATE conversations SET last_seq = ?, last_message = ?, low_activity = ?, low_sent = ?, high_activity = ?,
       high_sent = ? WHERE row = ?`,
    );
    this.#addMember = db.prepare<[number, number, number, number]>('INSERT INTO members VALUES (?, ?, ?, ?)');
    this.#moveMember = db.prepare<[number, number, number, number]>(
      'UPDATE members SET bucket = ? WHERE user = ? AND bucket = ? AND conversation = ?',
    );
  }

  findByPair(a: number, b: number): ConversationRecord | null {
    const key = pairKey(a, b);
    const known = this.#byPair.get(key);
    if (known !== undefined) return known;
    return this.#remember(this.#selectPair.get(Math.min(a, b), Math.max(a, b)));
  }

  find(id: string): ConversationRecord | null {
    return this.#byId.get(id) ?? this.#remember(this.#selectId.get(toBlob(id)));
  }

  /** `opener.activity`: the cursor that their log gives to the event of this. */
  create(
    id: string,
    opener: { readonly row: number; readonly activity: number },
    peer: number,
    now: number,
  ): ConversationRecord {
    const draft = newRecord(0, id, opener, peer, now);
    const { lastInsertRowid } = this.#insert.run(
      toBlob(id),
      draft.sideA.user,
      draft.sideB.user,
      now,
      draft.sideA.activity,
      draft.sideB.activity,
      draft.sideA.hidden ? 1 : 0,
      draft.sideB.hidden ? 1 : 0,
    );
    const record = { ...draft, row: Number(lastInsertRowid) };
    const { sideA, sideB } = record;
    this.#addMember.run(sideA.user, bucketOf(sideA.activity), record.row, sideB.user);
    this.#addMember.run(sideB.user, bucketOf(sideB.activity), record.row, sideA.user);
    return this.#keep(record);
  }

  /** A new message, with its cursors in the logs of both. Moves a list entry where its bucket is another. */
  touch(record: ConversationRecord, lowCursor: number, highCursor: number): void {
    this.#dirty.add(record);
    this.#activity(record, record.sideA, lowCursor);
    this.#activity(record, record.sideB, highCursor);
  }

  /** One of the two opened it again: it is listed first for them. */
  reopened(record: ConversationRecord, side: Side, cursor: number): void {
    side.hidden = false;
    this.changed(record);
    this.#activity(record, side, cursor);
  }

  /** Marks, or what is hidden, changed. */
  changed(record: ConversationRecord): void {
    this.#dirty.add(record);
    this.#full.add(record);
  }

  /** Writes what changed. Must run before a query reads `conversations` in the same transaction, and before COMMIT. */
  flush(): void {
    for (const record of this.#dirty) {
      if (this.#full.has(record)) this.#update.run(...changeable(record));
      else {
        this.#updateActivity.run(
          record.lastSeq,
          record.lastMessage,
          record.sideA.activity,
          record.sideA.sent,
          record.sideB.activity,
          record.sideB.sent,
          record.row,
        );
      }
    }
    this.#dirty.clear();
    this.#full.clear();
  }

  /** Between transactions: bounds the memory. */
  trim(): void {
    if (this.#byPair.size > CACHED) this.forget();
  }

  /** After an undone transaction: nothing remembered can be trusted. */
  forget(): void {
    this.#byPair.clear();
    this.#byId.clear();
    this.#dirty.clear();
    this.#full.clear();
  }

  #activity(record: ConversationRecord, side: Side, cursor: number): void {
    const before = bucketOf(side.activity);
    const after = bucketOf(cursor);
    side.activity = cursor;
    if (after !== before) this.#moveMember.run(after, side.user, before, record.row);
  }

  #remember(raw: RawConversation | undefined): ConversationRecord | null {
    return raw === undefined ? null : this.#keep(toRecord(raw));
  }

  #keep(record: ConversationRecord): ConversationRecord {
    this.#byPair.set(pairKey(record.sideA.user, record.sideB.user), record);
    this.#byId.set(record.id, record);
    return record;
  }
}
