import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import type { UserResource } from '../../server/protocol/resources/user.ts';
import { DEFAULT_SETTINGS, settingsOf } from './conversation-settings.ts';
import { isDeleted, type Conversation, type Message, type MessageReference } from './model.ts';

/** Servers from before replies, reactions and attachments send none of them. */
type Added = Partial<Pick<MessageResource, 'reply_to' | 'reactions' | 'attachments'>>;

const addedOf = ({
  reply_to: replyTo = null,
  reactions = [],
  attachments = [],
}: Added): Pick<Message, 'replyTo' | 'reactions' | 'attachments'> => ({
  replyTo: replyTo === null ? null : { messageId: replyTo.message_id, seq: replyTo.seq },
  reactions: reactions.map(({ user_id: userId, emoji }) => ({ userId, emoji })),
  attachments,
});

/** Converts a message from the wire to the client's model. */
export const toMessage = (message: MessageResource, me: string): Message => ({
  id: message.message_id,
  conversationId: message.conversation_id,
  seq: message.seq,
  mine: message.sender_id === me,
  content: message.content,
  sentAt: message.sent_at,
  failure: null,
  ...addedOf(message),
});

export const pendingMessage = (waiting: {
  readonly id: string;
  readonly chatId: string;
  readonly text: string;
  readonly at: string;
  readonly failure: Message['failure'];
  readonly replyTo?: MessageReference;
  readonly attachments?: readonly { key: string; name: string; type: string; size: number }[];
}): Message => ({
  id: waiting.id,
  conversationId: waiting.chatId,
  seq: null,
  mine: true,
  content: waiting.text,
  sentAt: waiting.at,
  failure: waiting.failure,
  replyTo: waiting.replyTo ?? null,
  reactions: [],
  attachments: (waiting.attachments ?? []).map(({ key: id, ...file }) => ({ id, ...file, sha256: '' })),
});

/** Servers from before retention send neither. */
type HistoryStart = Partial<Pick<ConversationResource, 'first_seq' | 'removed_until'>>;

const startOf = ({ first_seq: firstSeq = 1, removed_until: removedUntil = null }: HistoryStart) => ({
  firstSeq,
  removedUntil,
});

export const toConversation = (
  conversation: ConversationResource,
  me: string,
  activity: number,
): Conversation => ({
  id: conversation.id,
  peer: conversation.peer,
  createdAt: conversation.created_at,
  activity,
  lastMessage: conversation.last_message === null ? null : toMessage(conversation.last_message, me),
  lastSeq: conversation.last_seq,
  ...startOf(conversation),
  ...settingsOf(conversation),
  unread: conversation.unread_count,
  deliveredSeq: conversation.delivered_seq,
  readSeq: conversation.read_seq,
  deliveredMarks: [],
  readMarks: [],
});

/** A conversation of which only the first message is known, until the server has sent the rest. */
export const stubConversation = (message: MessageResource, me: string): Conversation => {
  const mine = message.sender_id === me;
  return {
    id: message.conversation_id,
    peer: {
      id: mine ? message.recipient_id : message.sender_id,
      username: mine ? '…' : message.sender_name,
      created_at: message.sent_at,
      status: null,
      last_seen: null,
      display_name: null,
      about: null,
      avatar: null,
    },
    createdAt: message.sent_at,
    activity: 0,
    lastMessage: null,
    lastSeq: 0,
    ...startOf({}),
    ...DEFAULT_SETTINGS,
    unread: 0,
    deliveredSeq: { me: 0, peer: 0 },
    readSeq: { me: 0, peer: 0 },
    deliveredMarks: [],
    readMarks: [],
  };
};

const higher = (a: Conversation['readSeq'], b: Conversation['readSeq']): Conversation['readSeq'] => ({
  me: Math.max(a.me, b.me),
  peer: Math.max(a.peer, b.peer),
});

/** Up to where nothing is unread: what was removed is not [C7], whatever the server was told of it. */
const readTo = (readSeq: number, firstSeq: number): number => Math.max(readSeq, firstSeq - 1);

/** Whether neither side knows the unread count: one holds newer messages, the other knows of more that is not unread. */
export const isCrossed = (held: Conversation | undefined, answer: ConversationResource): boolean =>
  held !== undefined &&
  (answer.last_seq - held.lastSeq) *
    (readTo(answer.read_seq.me, startOf(answer).firstSeq) - held.readSeq.me) <
    0;

/** Somebody's status is known from their first message on. A snapshot from before that may come after the answer to a later question,
 *  and does not hide what is known by then. */
export const withStatusOf = (peer: UserResource, held: UserResource): UserResource =>
  isDeleted(peer) || isDeleted(held) || peer.status !== null
    ? peer
    : { ...peer, status: held.status, last_seen: held.last_seen };

/** Merges a snapshot with what live events already brought. Numbers never decrease, and the unread count comes from
 *  the side that knows more. */
export const mergeConversation = (held: Conversation | undefined, fresh: Conversation): Conversation => {
  if (held === undefined) return fresh;
  const start = fresh.firstSeq >= held.firstSeq ? fresh : held;
  const isAsNew = fresh.lastSeq >= held.lastSeq;
  const lastMessage = isAsNew ? fresh.lastMessage : held.lastMessage;
  return {
    ...fresh,
    peer: isAsNew ? fresh.peer : withStatusOf(fresh.peer, held.peer),
    lastMessage: (lastMessage?.seq ?? 0) < start.firstSeq ? null : lastMessage,
    lastSeq: Math.max(fresh.lastSeq, held.lastSeq),
    firstSeq: start.firstSeq,
    removedUntil: start.removedUntil,
    unread:
      isAsNew && readTo(fresh.readSeq.me, start.firstSeq) >= held.readSeq.me ? fresh.unread : held.unread,
    deliveredSeq: higher(fresh.deliveredSeq, held.deliveredSeq),
    readSeq: higher(fresh.readSeq, held.readSeq),
    deliveredMarks: held.deliveredMarks,
    readMarks: held.readMarks,
  };
};
