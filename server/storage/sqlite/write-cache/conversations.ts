import type { Rx, Tx, WriteStatements } from '../transactions.ts';
import { toBlob } from '../uuid.ts';
import { bucketOf, newRecord } from '../../rules/conversation-record.ts';
import type { ConversationRecord, Side } from '../../rules/conversation-record.ts';
import { changeable, CONVERSATION_COLUMNS, toRecord, UPDATE_CONVERSATION } from './conversation-columns.ts';
import type { RawConversation } from './conversation-columns.ts';

const CACHED = 20_000;
const pairKey = (a: number, b: number): number => Math.min(a, b) * 2 ** 26 + Math.max(a, b);

/** The conversations in the writer's transaction. A write changes the record and calls `changed`; `flush` writes the record to
 *  the table once per transaction, however many messages the conversation got. */
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

  constructor(db: WriteStatements) {
    const select = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE`;
    this.#selectPair = db.read<[number, number], RawConversation>(`${select} c.low = ? AND c.high = ?`).raw();
    this.#selectId = db.read<[Buffer], RawConversation>(`${select} c.id = ?`).raw();
    this.#insert = db.write<[Buffer, number, number, number, number, number, number, number]>(
      `INSERT INTO conversations (id, low, high, created_at, low_activity, high_activity, low_hidden, high_hidden)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.write<number[]>(UPDATE_CONVERSATION);
    this.#updateActivity = db.write<number[]>(
      `UPDATE conversations SET last_seq = ?, last_message = ?, low_activity = ?, low_sent = ?, high_activity = ?,
       high_sent = ? WHERE row = ?`,
    );
    this.#addMember = db.write<[number, number, number, number]>('INSERT INTO members VALUES (?, ?, ?, ?)');
    this.#moveMember = db.write<[number, number, number, number]>(
      'UPDATE members SET bucket = ? WHERE user = ? AND bucket = ? AND conversation = ?',
    );
  }

  findByPair(rx: Rx, a: number, b: number): ConversationRecord | null {
    const key = pairKey(a, b);
    const known = this.#byPair.get(key);
    if (known !== undefined) return known;
    return this.#remember(rx.get(this.#selectPair, Math.min(a, b), Math.max(a, b)));
  }

  find(rx: Rx, id: string): ConversationRecord | null {
    return this.#byId.get(id) ?? this.#remember(rx.get(this.#selectId, toBlob(id)));
  }

  /** `opener.activity`: the cursor that their log gives to the event of this. */
  create(
    tx: Tx,
    id: string,
    opener: { readonly row: number; readonly activity: number },
    peer: number,
    now: number,
  ): ConversationRecord {
    const draft = newRecord(0, id, opener, peer, now);
    const { lastInsertRowid } = tx.run(
      this.#insert,
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
    tx.run(this.#addMember, sideA.user, bucketOf(sideA.activity), record.row, sideB.user);
    tx.run(this.#addMember, sideB.user, bucketOf(sideB.activity), record.row, sideA.user);
    return this.#keep(record);
  }

  /** Records a new message, with its cursors in both logs. Moves the list entry if its bucket changes. */
  touch(tx: Tx, record: ConversationRecord, cursorA: number, cursorB: number): void {
    this.#dirty.add(record);
    this.#activity(tx, record, record.sideA, cursorA);
    this.#activity(tx, record, record.sideB, cursorB);
  }

  /** One of the two opened it again: it is listed first for them. */
  reopened(tx: Tx, record: ConversationRecord, side: Side, cursor: number): void {
    side.hidden = false;
    this.changed(record);
    this.#activity(tx, record, side, cursor);
  }

  /** Positions, or what is hidden, changed. */
  changed(record: ConversationRecord): void {
    this.#dirty.add(record);
    this.#full.add(record);
  }

  /** Writes what changed. Must run before a query reads `conversations` in the same transaction, and before COMMIT. */
  flush(tx: Tx): void {
    for (const record of this.#dirty) {
      if (this.#full.has(record)) tx.run(this.#update, ...changeable(record));
      else {
        tx.run(
          this.#updateActivity,
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

  /** After a rollback: empties the cache, which may contain undone changes. */
  forget(): void {
    this.#byPair.clear();
    this.#byId.clear();
    this.#dirty.clear();
    this.#full.clear();
  }

  #activity(tx: Tx, record: ConversationRecord, side: Side, cursor: number): void {
    const before = bucketOf(side.activity);
    const after = bucketOf(cursor);
    side.activity = cursor;
    if (after !== before) tx.run(this.#moveMember, after, side.user, before, record.row);
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
