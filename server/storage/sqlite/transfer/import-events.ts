import { KIND } from '../../rules/event-kinds.ts';
import { eventKindOf, isAboutUser, isReceipt } from '../../transfer/event-names.ts';
import type { RecordOf } from '../../transfer/export-record.ts';
import { RecordFault } from '../../transfer/transfer-error.ts';
import type { Db } from '../open.ts';
import { toBlob } from '../uuid.ts';
import { ImportedUsers, type ImportedUser } from './known-rows.ts';

type Conversation = [row: number, low: number, high: number, lastSeq: number, removed: number];

/** The events of an export, once all messages have their rows. What conversations note about events follows from them. */
export class EventImport {
  readonly #users: ImportedUsers;
  readonly #conversation;
  readonly #message;
  readonly #place;
  readonly #insert;
  readonly #note;
  readonly #endFormerReaction;
  readonly #reaction;
  #number = { message: 0, last: 0 };

  constructor(db: Db) {
    this.#users = new ImportedUsers(db);
    this.#conversation = db
      .prepare<[Buffer], Conversation>(
        'SELECT row, low, high, last_seq, low_removed + high_removed FROM conversations WHERE id = ?',
      )
      .raw();
    this.#message = db
      .prepare<[seq: number, conversation: number], [row: number, sender: number]>(
        `SELECT m.row, m.sender FROM staging.starts s JOIN staging.placed p ON p.number = s.number + ? - 1
         JOIN messages m ON m.row = p.row WHERE s.conversation = ?`,
      )
      .raw();
    this.#place = db.prepare<[number, number]>('INSERT OR IGNORE INTO staging.places VALUES (?, ?, 0)');
    this.#insert = db.prepare<[number, number, number, number, number]>(
      'INSERT INTO events VALUES (?, ?, ?, ?, ?)',
    );
    this.#endFormerReaction = db.prepare<[number, number, number]>(
      'UPDATE reactions SET is_current = 0 WHERE conversation = ? AND seq = ? AND user = ? AND is_current = 1',
    );
    this.#reaction = db.prepare<
      [number, number, number, number, emoji: string | null, number, number, number]
    >(
      `INSERT INTO reactions (conversation, seq, message, user, emoji, at, cursor, peer_cursor, is_current)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)`,
    );
    const note = (column: string) =>
      db.prepare<[number, number]>(`UPDATE conversations SET ${column} = max(${column}, ?) WHERE row = ?`);
    const side = (name: 'low' | 'high') => ({
      activity: note(`${name}_activity`),
      delivered: note(`${name}_delivered_event`),
      read: note(`${name}_read_event`),
      ownRead: note(`${name}_own_read_event`),
      settings: note(`${name}_settings_event`),
    });
    this.#note = { low: side('low'), high: side('high') };
  }

  event(record: RecordOf<'event'>): void {
    const { user_id, cursor, kind, at } = record;
    const user = this.#users.findLiving(user_id);
    if (isReceipt(kind) !== (record.seq !== null))
      throw new RecordFault('a receipt has a seq, and no other event has one');
    this.#takePlace(user, cursor);
    this.#insert.run(user.row, cursor, eventKindOf(kind), at, this.#subjectOf(record, user.row));
  }

  /** A change of a reaction, and its events in the logs of users who are not deleted. */
  reaction(record: RecordOf<'reaction'>): void {
    const { conversation_id, seq, user_id, emoji, at, cursor, peer_cursor } = record;
    const user = this.#users.find(user_id);
    const [conversation, low, high, lastSeq, removed] = this.#conversationOf(conversation_id, user.row);
    const message = this.#message.get(seq, conversation);
    if (message === undefined || seq > lastSeq || seq <= removed)
      throw new RecordFault(`the conversation ${conversation_id} has no message ${String(seq)}`);
    this.#countChange(record, message[0]);
    this.#endFormerReaction.run(conversation, seq, user.row);
    const { lastInsertRowid } = this.#reaction.run(
      ...([conversation, seq, message[0], user.row] as const),
      ...([emoji, at, cursor, peer_cursor ?? 0] as const),
    );
    const tell = (whose: ImportedUser, place: number): void => {
      this.#takePlace(whose, place);
      if (!whose.isDeleted) this.#insert.run(whose.row, place, KIND.reaction, at, Number(lastInsertRowid));
    };
    tell(user, cursor);
    if (peer_cursor !== null) tell(this.#users.at(low + high - user.row), peer_cursor);
  }

  #countChange({ number }: RecordOf<'reaction'>, message: number): void {
    const next = this.#number.message === message ? this.#number.last + 1 : 1;
    if (number !== next)
      throw new RecordFault(
        `the number is ${String(number)}, and ${String(next)} is the next one of the message`,
      );
    this.#number = { message, last: number };
  }

  #takePlace(user: ImportedUser, cursor: number): void {
    if (cursor > user.cursor)
      throw new RecordFault(
        `the cursor ${String(cursor)} is beyond the end of the log, ${String(user.cursor)}`,
      );
    if (this.#place.run(user.row, cursor).changes === 0)
      throw new RecordFault(`the cursor ${String(cursor)} is used already`);
  }

  #conversationOf(id: string, user: number): Conversation {
    const found = this.#conversation.get(toBlob(id));
    if (found === undefined) throw new RecordFault(`there is no conversation ${id}`);
    if (user !== found[1] && user !== found[2])
      throw new RecordFault(`the conversation ${id} is not one of this user's`);
    return found;
  }

  #subjectOf(record: RecordOf<'event'>, user: number): number {
    if (isAboutUser(record.kind)) {
      const about = this.#users.find(record.subject_id);
      if (record.kind === 'user_deleted' && !about.isDeleted)
        throw new RecordFault(`the user ${record.subject_id} is not deleted`);
      return about.row;
    }
    const found = this.#conversationOf(record.subject_id, user);
    const [row, low] = found;
    const [mine, theirs] = user === low ? (['low', 'high'] as const) : (['high', 'low'] as const);
    if (record.kind === 'conversation_created') this.#note[mine].activity.run(record.cursor, row);
    if (record.kind === 'conversation_updated') this.#note[mine].settings.run(record.cursor, row);
    if (record.seq === null) return row;
    const message = this.#message.get(record.seq, row);
    if (message === undefined || record.seq > found[3] || record.seq <= found[4])
      throw new RecordFault(`the conversation ${record.subject_id} has no message ${String(record.seq)}`);
    // About one's own message: the peer has received or read it. About the peer's: one has read it oneself.
    const isOwn = message[1] === user;
    if (record.kind === 'delivered') {
      if (!isOwn) throw new RecordFault('delivered is said to the sender of a message only');
      this.#note[theirs].delivered.run(record.cursor, row);
    } else if (isOwn) this.#note[theirs].read.run(record.cursor, row);
    else this.#note[mine].ownRead.run(record.cursor, row);
    return message[0];
  }
}
