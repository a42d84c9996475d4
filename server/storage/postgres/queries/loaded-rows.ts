import type { Presence, PresentedRows, ShownMessage, UserRow } from '../../presenting/presented-rows.ts';
import type { ConversationRecord } from '../../rules/conversation-record.ts';
import { toConversation, type ConversationTuple } from './conversation-row.ts';

/** Columns of `users` and `user_presence`. */
export type UserTuple = readonly [
  row: number,
  id: string,
  name: string | null,
  createdAt: number,
  status: Presence['status'] | null,
  lastSeen: number | null,
];
export const userColumns = (user: string, presence: string): string =>
  `${user}.row, ${user}.id, ${user}.username, ${user}.created_at, ${presence}.status, ${presence}.last_seen`;
const USER_COLUMNS = 6;

/** Columns of `messages`, as far as users see them; all are null where a join found none. */
export type MessageTuple = readonly [
  id: string,
  conversation: number,
  seq: number,
  sender: number,
  recipient: number,
  sentAt: number,
  content: string,
];
export const messageColumns = (message: string): string =>
  ['id', 'conversation', 'seq', 'sender', 'recipient', 'sent_at', 'content']
    .map((column) => `${message}.${column}`)
    .join(', ');

export const toMessage = ([
  id,
  conversation,
  seq,
  sender,
  recipient,
  sentAt,
  content,
]: MessageTuple): ShownMessage => ({ id, conversation, seq, sender, recipient, sentAt, content });

/** A conversation, both users and its newest message. */
export type ShownConversationTuple = readonly [
  ...ConversationTuple,
  ...UserTuple,
  ...UserTuple,
  ...(MessageTuple | readonly [null, null, null, null, null, null, null]),
];

const CONVERSATION_END = 9;
const LOW_END = CONVERSATION_END + USER_COLUMNS;
const HIGH_END = LOW_END + USER_COLUMNS;

/** The rows of one answer, which statements have loaded at one moment. */
export class LoadedRows implements PresentedRows {
  readonly #now: number;
  readonly #users = new Map<number, UserRow>();
  readonly #presences = new Map<number, Presence>();
  readonly #conversations = new Map<number, ConversationRecord>();
  readonly #newest = new Map<number, ShownMessage>();
  readonly #writers = new Set<number>();

  /** `now`: presence is never in the future, though a clock that ran ahead may have been stored. */
  constructor(now: number) {
    this.#now = now;
  }

  addConversation(raw: ShownConversationTuple): ConversationRecord {
    const record = toConversation(raw.slice(0, CONVERSATION_END) as unknown as ConversationTuple);
    this.#conversations.set(record.row, record);
    this.addUser(raw.slice(CONVERSATION_END, LOW_END) as unknown as UserTuple);
    this.addUser(raw.slice(LOW_END, HIGH_END) as unknown as UserTuple);
    if (raw[HIGH_END] !== null) {
      this.#newest.set(record.row, toMessage(raw.slice(HIGH_END) as unknown as MessageTuple));
    }
    return record;
  }

  addUser([row, id, name, createdAt, status, lastSeen]: UserTuple): UserRow {
    const user = { row, id, name, createdAt };
    this.#users.set(row, user);
    if (status !== null && lastSeen !== null) {
      this.#presences.set(row, { status, lastSeen: Math.min(lastSeen, this.#now) });
    }
    return user;
  }

  /** Notes a user who has written to the viewer. */
  addWriter(user: number): void {
    this.#writers.add(user);
  }

  userAt(row: number): UserRow {
    return loaded(this.#users.get(row), 'user', row);
  }

  /** Which of the two users of a conversation has this id; null for neither. */
  userOf({ sideA, sideB }: ConversationRecord, id: string): UserRow | null {
    return [sideA, sideB].map((side) => this.userAt(side.user)).find((user) => user.id === id) ?? null;
  }

  conversationAt(row: number): ConversationRecord {
    return loaded(this.#conversations.get(row), 'conversation', row);
  }

  presence(user: number): Presence {
    return this.#presences.get(user) ?? { status: 'offline', lastSeen: null };
  }

  newestMessage({ row }: ConversationRecord): ShownMessage {
    return loaded(this.#newest.get(row), 'newest message of conversation', row);
  }

  /** To the only user that an answer is for. */
  hasWritten(from: number): boolean {
    return this.#writers.has(from);
  }
}

const loaded = <T>(value: T | undefined, kind: string, row: number): T => {
  if (value === undefined) throw new Error(`no ${kind} ${String(row)}`);
  return value;
};
