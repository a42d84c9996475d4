import type { ErrorCode } from '../../server/protocol/errors.ts';
import type { AttachmentResource } from '../../server/protocol/resources/attachment.ts';
import type { MessageStatus } from '../../server/protocol/resources/message.ts';
import type { UserResource } from '../../server/protocol/resources/user.ts';
import { BLOCKS_UNKNOWN, type BlockedUsers } from './blocked-users.ts';
import type { ConversationSettings } from './conversation-settings.ts';

/** What the client knows: one immutable value, which only `apply` and `edit` change. */

/** The client adds the states `sending` and `failed`. In both, the `seq` of a message is null. */
export type DeliveryState = 'sending' | 'failed' | MessageStatus;

/** Why a message was not sent: the server's error code, `damaged` if its row on this device was damaged, or `files_gone` if this device no
 *  longer has one of its files. */
export type Failure = ErrorCode | 'damaged' | 'files_gone';

/** Names a message of the same conversation: the one that another message replies to. */
export interface MessageReference {
  readonly messageId: string;
  readonly seq: number;
}

/** One user's reaction to a message. */
export interface Reaction {
  readonly userId: string;
  readonly emoji: string;
}

export interface Message {
  readonly id: string;
  readonly conversationId: string;
  readonly seq: number | null;
  readonly mine: boolean;
  readonly content: string;
  /** RFC 3339. The server's time, or this device's time while the message is being sent. */
  readonly sentAt: string;
  readonly failure: Failure | null;
  readonly replyTo: MessageReference | null;
  /** At most one for each of the two users, in the order in which they were set. */
  readonly reactions: readonly Reaction[];
  readonly attachments: readonly AttachmentResource[];
}

/** What the user wants their reaction to be, until the server has stored it. Null takes the reaction back. */
export interface PendingReaction {
  readonly conversationId: string;
  readonly seq: number;
  readonly emoji: string | null;
}

/** A receipt: it covers everything up to `seq`, at that time. Kept to show when a message was delivered or read. */
export interface Mark {
  readonly seq: number;
  readonly at: string;
}

export interface Conversation extends ConversationSettings {
  readonly id: string;
  readonly peer: UserResource;
  readonly createdAt: string;
  /** The order of the list, see `activity.ts`. */
  readonly activity: number;
  readonly lastMessage: Message | null;
  readonly lastSeq: number;
  /** The `seq` of the oldest message that is still there, or of the next one if there is none. */
  readonly firstSeq: number;
  /** When the newest message was sent that the server's retention has removed; null if it has removed none. */
  readonly removedUntil: string | null;
  readonly unread: number;
  readonly deliveredSeq: { readonly me: number; readonly peer: number };
  readonly readSeq: { readonly me: number; readonly peer: number };
  readonly deliveredMarks: readonly Mark[];
  readonly readMarks: readonly Mark[];
}

/** A run of messages without gaps, ascending by `seq`. `newer`: the conversation continues after it. `outdated`: an
 *  older build stored it without attachments, so it serves only until the server can be asked. */
export interface Timeline {
  readonly messages: readonly Message[];
  readonly older: boolean;
  readonly newer: boolean;
  readonly outdated?: boolean;
}

/** The newest message that reached this device as an event, and its cursor. The server compares it with its log to
 *  find out whether this device holds the same history. [O12] */
export interface HeldWitness {
  /** Null if no message arrived yet. The witness then only says from which cursor on the events are known. */
  readonly messageId: string | null;
  /** When the server stored the message. If a message was lost and sent again, only this time differs. */
  readonly at: string | null;
  readonly cursor: number;
  /** Each event after the witness in one word; null if some may not have reached this device. */
  readonly since: readonly string[] | null;
}

export interface Model {
  readonly me: string;
  /** The cursor of the last event held; null before the first `sync`. */
  readonly cursor: number | null;
  /** The server history that all of this belongs to; null before a server named one. */
  readonly history: string | null;
  readonly witness: HeldWitness | null;
  readonly conversations: ReadonlyMap<string, Conversation>;
  /** The newest messages of each conversation that was opened. */
  readonly timelines: ReadonlyMap<string, Timeline>;
  /** An older part of a conversation, while the user reads there. */
  readonly detours: ReadonlyMap<string, Timeline>;
  /** The user's own profile; null until it is known. */
  readonly own: UserResource | null;
  /** Whom the user has blocked. */
  readonly blocked: BlockedUsers;
  /** Messages that were written here and are not stored by the server yet, in the order written. */
  readonly pending: readonly Message[];
  /** By message id. */
  readonly pendingReactions: ReadonlyMap<string, PendingReaction>;
  /** By conversation: when the peer's typing notice expires, in milliseconds since the epoch. */
  readonly typing: ReadonlyMap<string, number>;
}

export const emptyModel = (me: string): Model => ({
  me,
  cursor: null,
  history: null,
  witness: null,
  conversations: new Map(),
  timelines: new Map(),
  detours: new Map(),
  own: null,
  blocked: BLOCKS_UNKNOWN,
  pending: [],
  pendingReactions: new Map(),
  typing: new Map(),
});

/** A model without anything that the server can send again. The user's own profile and whom they have blocked stay until it does. */
export const startedOver = ({ me, own, blocked, pending, pendingReactions }: Model): Model => ({
  ...emptyModel(me),
  own,
  blocked: { ...blocked, isWhole: false },
  pending,
  pendingReactions,
});

/** The model of a connection that began without a cursor, when its list arrives. `earlier`: the conversations from before that
 *  connection. They are dropped: one that was deleted meanwhile would stay, because no event says so. */
export const withoutEarlier = (model: Model, earlier: ReadonlySet<string>): Model => {
  const since = <V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> =>
    new Map([...map].filter(([id]) => !earlier.has(id)));
  const { history, conversations, timelines } = model;
  return {
    ...startedOver(model),
    history,
    conversations: since(conversations),
    timelines: since(timelines),
  };
};

export const isDeleted = (user: UserResource): user is Extract<UserResource, { deleted: true }> =>
  'deleted' in user;

export const withEntry = <V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> =>
  new Map(map).set(key, value);

export const without = <V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> => {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
};

/** Removes a conversation and everything loaded of it. */
export const withoutConversation = (model: Model, conversationId: string): Model => ({
  ...model,
  conversations: without(model.conversations, conversationId),
  timelines: without(model.timelines, conversationId),
  detours: without(model.detours, conversationId),
  typing: without(model.typing, conversationId),
});

export const withConversation = (model: Model, conversation: Conversation): Model => ({
  ...model,
  conversations: withEntry(model.conversations, conversation.id, conversation),
});
