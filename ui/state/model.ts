import type { ErrorCode } from '../../server/protocol/errors.ts';
import type { MessageStatus, User } from '../../server/protocol/resources.ts';

/** What the client knows of the chat: one immutable value, changed only by `apply` and `edit`. */

/** `sending` and `failed` are states of a message like the others; its `seq` is null until the server gave one. */
export type DeliveryState = 'sending' | 'failed' | MessageStatus;

/** Why a message was not sent: what the server said, or that its row on this device was not whole any more. */
export type Failure = ErrorCode | 'damaged';

export interface ChatMessage {
  readonly id: string;
  readonly chatId: string;
  readonly seq: number | null;
  readonly mine: boolean;
  readonly text: string;
  /** RFC 3339. The server's time; this device's while sending. */
  readonly at: string;
  readonly failure: Failure | null;
}

/** A receipt: everything up to `seq`, at that time. Kept to say when a message was delivered or read. */
export interface Mark {
  readonly seq: number;
  readonly at: string;
}

export interface Chat {
  readonly id: string;
  readonly peer: User;
  readonly createdAt: string;
  /** Orders the list, see `activity.ts`. */
  readonly activity: number;
  readonly lastMessage: ChatMessage | null;
  readonly lastSeq: number;
  readonly unread: number;
  readonly deliveredSeq: { readonly me: number; readonly peer: number };
  readonly readSeq: { readonly me: number; readonly peer: number };
  readonly deliveredMarks: readonly Mark[];
  readonly readMarks: readonly Mark[];
}

/** A gapless run of messages, ascending. `newer`: the conversation goes on after it. */
export interface Timeline {
  readonly messages: readonly ChatMessage[];
  readonly older: boolean;
  readonly newer: boolean;
}

/** The newest message that came to this device as an event, and its cursor there: what the server compares with its log, to see
 *  whether this device holds the same history. [O12] */
export interface Witness {
  /** Null: no message came yet; then it only says from which number on the events are known. */
  readonly messageId: string | null;
  /** When the server stored it: a message that was lost and sent again is the same one at another time. */
  readonly at: string | null;
  readonly cursor: number;
  /** What came after it, each event in one word; null when some of it may not have come here. */
  readonly since: readonly string[] | null;
}

export interface Model {
  readonly me: string;
  /** The last numbered event held; null before the first `sync`. */
  readonly cursor: number | null;
  /** The server's history that all this belongs to; null before a server said so. */
  readonly history: string | null;
  readonly witness: Witness | null;
  readonly chats: ReadonlyMap<string, Chat>;
  /** The newest messages of each conversation that was opened. */
  readonly timelines: ReadonlyMap<string, Timeline>;
  /** A place further back, while somebody reads there. */
  readonly detours: ReadonlyMap<string, Timeline>;
  /** Written here and not yet taken by the server, in the order written. */
  readonly pending: readonly ChatMessage[];
  /** Who types where: conversation → ms since the epoch when it is forgotten. */
  readonly typing: ReadonlyMap<string, number>;
}

export const emptyModel = (me: string): Model => ({
  me,
  cursor: null,
  history: null,
  witness: null,
  chats: new Map(),
  timelines: new Map(),
  detours: new Map(),
  pending: [],
  typing: new Map(),
});

export const isDeleted = (user: User): user is Extract<User, { deleted: true }> => 'deleted' in user;

export const withEntry = <V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> =>
  new Map(map).set(key, value);

export const without = <V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> => {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
};

/** Without a conversation and all that was loaded of it. */
export const withoutChat = (model: Model, chatId: string): Model => ({
  ...model,
  chats: without(model.chats, chatId),
  timelines: without(model.timelines, chatId),
  detours: without(model.detours, chatId),
  typing: without(model.typing, chatId),
});

export const withChat = (model: Model, chat: Chat): Model => ({
  ...model,
  chats: withEntry(model.chats, chat.id, chat),
});
