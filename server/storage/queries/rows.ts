import type { Clock } from '../../runtime/clock.ts';
import type { Connection } from '../open.ts';
import { CONVERSATION_COLUMNS, toRecord } from '../write-cache/conversation-record.ts';
import type { ConversationRecord, RawConversation } from '../write-cache/conversation-record.ts';
import { fromBlob, toBlob } from '../uuid.ts';

export interface PersonRow {
  readonly row: number;
  readonly id: string;
  /** Null for a deleted person. */
  readonly name: string | null;
  readonly createdAt: number;
}

export interface Presence {
  readonly status: 'online' | 'offline';
  /** Milliseconds since the epoch. */
  readonly lastSeen: number | null;
}

/** What people see of a message. */
export interface ShownMessage {
  readonly id: string;
  readonly conversation: number;
  readonly seq: number;
  readonly sender: number;
  readonly recipient: number;
  readonly sentAt: number;
  readonly content: string;
}
export interface MessageRow extends ShownMessage {
  readonly row: number;
  readonly ordinal: number;
  readonly senderCursor: number;
  readonly recipientCursor: number;
  readonly previous: number;
  readonly senderPrevious: number;
  readonly recipientPrevious: number;
}

type RawPerson = [number, Buffer, string | null, number];
type RawMessage = [
  number,
  Buffer,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  string,
];

const PERSON = 'row, id, username, created_at';
const MESSAGE =
  'row, id, conversation, seq, ordinal, sender, recipient, sender_cursor, recipient_cursor, previous, ' +
  'sender_previous, recipient_previous, sent_at, content';

/** Single rows by key, each statement prepared once: what all queries are made of. Nothing here looks at who asks. */
export class Rows {
  readonly #personById;
  readonly #personAt;
  readonly #conversationById;
  readonly #conversationAt;
  readonly #conversationOf;
  readonly #messageById;
  readonly #messageAt;
  readonly #presence;
  readonly #head;
  readonly #clock: Clock;

  constructor(db: Connection, clock: Clock) {
    this.#clock = clock;
    this.#personById = db.prepare<[Buffer], RawPerson>(`SELECT ${PERSON} FROM users WHERE id = ?`).raw();
    this.#personAt = db.prepare<[number], RawPerson>(`SELECT ${PERSON} FROM users WHERE row = ?`).raw();
    const conversation = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE`;
    this.#conversationById = db.prepare<[Buffer], RawConversation>(`${conversation} c.id = ?`).raw();
    this.#conversationAt = db.prepare<[number], RawConversation>(`${conversation} c.row = ?`).raw();
    this.#conversationOf = db
      .prepare<[number, number], RawConversation>(`${conversation} c.low = ? AND c.high = ?`)
      .raw();
    const message = `SELECT ${MESSAGE} FROM messages WHERE`;
    this.#messageById = db.prepare<[Buffer], RawMessage>(`${message} id = ?`).raw();
    this.#messageAt = db.prepare<[number], RawMessage>(`${message} row = ?`).raw();
    this.#presence = db
      .prepare<[number], [Presence['status'], number]>(
        'SELECT status, last_seen FROM user_presence WHERE user = ?',
      )
      .raw();
    this.#head = db
      .prepare<[number], [number, number]>('SELECT cursor, message FROM heads WHERE user = ?')
      .raw();
  }

  person(id: string): PersonRow | null {
    return toPerson(this.#personById.get(toBlob(id)));
  }

  personAt(row: number): PersonRow {
    return present(toPerson(this.#personAt.get(row)), 'person', row);
  }

  conversation(id: string): ConversationRecord | null {
    const raw = this.#conversationById.get(toBlob(id));
    return raw === undefined ? null : toRecord(raw);
  }

  conversationAt(row: number): ConversationRecord {
    const raw = this.#conversationAt.get(row);
    return present(raw === undefined ? null : toRecord(raw), 'conversation', row);
  }

  conversationOf(a: number, b: number): ConversationRecord | null {
    const raw = this.#conversationOf.get(Math.min(a, b), Math.max(a, b));
    return raw === undefined ? null : toRecord(raw);
  }

  message(id: string): MessageRow | null {
    return toMessage(this.#messageById.get(toBlob(id)));
  }

  messageAt(row: number): MessageRow {
    return present(toMessage(this.#messageAt.get(row)), 'message', row);
  }

  /** Never seen in the future, though a clock that ran ahead may have been stored. */
  presence(user: number): Presence {
    const raw = this.#presence.get(user);
    if (raw === undefined) return { status: 'offline', lastSeen: null };
    return { status: raw[0], lastSeen: Math.min(raw[1], this.#clock.now()) };
  }

  /** The last cursor of a person's log and the row of their newest message. */
  head(user: number): { cursor: number; message: number } {
    const raw = this.#head.get(user);
    return raw === undefined ? { cursor: 0, message: 0 } : { cursor: raw[0], message: raw[1] };
  }
}

const present = <T>(value: T | null, kind: string, row: number): T => {
  if (value === null) throw new Error(`no ${kind} at row ${String(row)}`);
  return value;
};

const toPerson = (raw: RawPerson | undefined): PersonRow | null =>
  raw === undefined ? null : { row: raw[0], id: fromBlob(raw[1]), name: raw[2], createdAt: raw[3] };

const toMessage = (raw: RawMessage | undefined): MessageRow | null =>
  raw === undefined
    ? null
    : {
        row: raw[0],
        id: fromBlob(raw[1]),
        conversation: raw[2],
        seq: raw[3],
        ordinal: raw[4],
        sender: raw[5],
        recipient: raw[6],
        senderCursor: raw[7],
        recipientCursor: raw[8],
        previous: raw[9],
        senderPrevious: raw[10],
        recipientPrevious: raw[11],
        sentAt: raw[12],
        content: raw[13],
      };
