import type { Connection } from '../open.ts';
import { toBlob } from '../uuid.ts';
import {
  changeable,
  CONVERSATION_COLUMNS,
  hourOf,
  newRecord,
  toRecord,
  UPDATE_CONVERSATION,
} from './conversation-record.ts';
import type { ConversationRecord, RawConversation } from './conversation-record.ts';

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
  readonly #dropMember;

  constructor(db: Connection) {
    const select = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE`;
    this.#selectPair = db
      .prepare<[number, number], RawConversation>(`${select} c.low = ? AND c.high = ?`)
      .raw();
    this.#selectId = db.prepare<[Buffer], RawConversation>(`${select} c.id = ?`).raw();
    this.#insert = db.prepare<[Buffer, number, number, number, number, number, number]>(
      `INSERT INTO conversations (id, low, high, created_at, activity, low_hidden, high_hidden) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare<number[]>(UPDATE_CONVERSATION);
    this.#updateActivity = db.prepare<number[]>(
      `UPDATE conversations SET activity = ?, last_seq = ?, last_message = ?, low_sent = ?, high_sent = ? WHERE row = ?`,
    );
    this.#addMember = db.prepare<[number, number, number, number]>('INSERT INTO members VALUES (?, ?, ?, ?)');
    this.#dropMember = db.prepare<[number, number, number]>(
      'DELETE FROM members WHERE user = ? AND hour = ? AND conversation = ?',
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

  create(id: string, opener: number, peer: number, now: number): ConversationRecord {
    const draft = newRecord(0, id, opener, peer, now);
    const { lastInsertRowid } = this.#insert.run(
      toBlob(id),
      draft.low.user,
      draft.high.user,
      now,
      now,
      draft.low.hidden ? 1 : 0,
      draft.high.hidden ? 1 : 0,
    );
    const record = { ...draft, row: Number(lastInsertRowid) };
    this.#list(record, hourOf(now));
    return this.#keep(record);
  }

  /** A new message or other activity at `now`. Moves the list entries of both when the hour is another. */
  touch(record: ConversationRecord, now: number): void {
    const before = hourOf(record.activity);
    record.activity = Math.max(record.activity, now);
    const after = hourOf(record.activity);
    this.#dirty.add(record);
    if (after === before) return;
    this.#dropMember.run(record.low.user, before, record.row);
    this.#dropMember.run(record.high.user, before, record.row);
    this.#list(record, after);
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
          record.activity,
          record.lastSeq,
          record.lastMessage,
          record.low.sent,
          record.high.sent,
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

  #list(record: ConversationRecord, hour: number): void {
    this.#addMember.run(record.low.user, hour, record.row, record.high.user);
    this.#addMember.run(record.high.user, hour, record.row, record.low.user);
  }

  #remember(raw: RawConversation | undefined): ConversationRecord | null {
    return raw === undefined ? null : this.#keep(toRecord(raw));
  }

  #keep(record: ConversationRecord): ConversationRecord {
    this.#byPair.set(pairKey(record.low.user, record.high.user), record);
    this.#byId.set(record.id, record);
    return record;
  }
}
