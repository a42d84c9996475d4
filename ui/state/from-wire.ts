import type { Conversation, Message } from '../../server/protocol/resources.ts';
import type { Chat, ChatMessage } from './model.ts';

/** From the wire's words to the client's. */
export const toMessage = (message: Message, me: string): ChatMessage => ({
  id: message.message_id,
  chatId: message.conversation_id,
  seq: message.seq,
  mine: message.sender_id === me,
  text: message.content,
  at: message.sent_at,
  failure: null,
});

export const pendingMessage = (waiting: {
  readonly id: string;
  readonly chatId: string;
  readonly text: string;
  readonly at: string;
  readonly failure: ChatMessage['failure'];
}): ChatMessage => ({ ...waiting, seq: null, mine: true });

export const toChat = (conversation: Conversation, me: string, activity: number): Chat => ({
  id: conversation.id,
  peer: conversation.peer,
  createdAt: conversation.created_at,
  activity,
  lastMessage: conversation.last_message === null ? null : toMessage(conversation.last_message, me),
  lastSeq: conversation.last_seq,
  unread: conversation.unread_count,
  deliveredSeq: conversation.delivered_seq,
  readSeq: conversation.read_seq,
  deliveredMarks: [],
  readMarks: [],
});

/** A conversation known from its first message only, until the server told the rest. */
export const stubChat = (message: Message, me: string): Chat => {
  const mine = message.sender_id === me;
  return {
    id: message.conversation_id,
    peer: {
      id: mine ? message.recipient_id : message.sender_id,
      username: mine ? '…' : message.sender_name,
      created_at: message.sent_at,
      status: null,
      last_seen: null,
    },
    createdAt: message.sent_at,
    activity: 0,
    lastMessage: null,
    lastSeq: 0,
    unread: 0,
    deliveredSeq: { me: 0, peer: 0 },
    readSeq: { me: 0, peer: 0 },
    deliveredMarks: [],
    readMarks: [],
  };
};

const higher = (a: Chat['readSeq'], b: Chat['readSeq']): Chat['readSeq'] => ({
  me: Math.max(a.me, b.me),
  peer: Math.max(a.peer, b.peer),
});

/** Whether neither side knows the count of unread: one of them holds newer messages, and the other newer reading. */
export const isCrossed = (held: Chat | undefined, { last_seq, read_seq }: Conversation): boolean =>
  held !== undefined && (last_seq - held.lastSeq) * (read_seq.me - held.readSeq.me) < 0;

/** A snapshot over what live events already brought: numbers never go back, and the side that knows more of the
 *  conversation counts the unread. */
export const mergeChat = (held: Chat | undefined, fresh: Chat): Chat => {
  if (held === undefined) return fresh;
  const newer = fresh.lastSeq >= held.lastSeq && fresh.readSeq.me >= held.readSeq.me;
  return {
    ...fresh,
    lastMessage: fresh.lastSeq >= held.lastSeq ? fresh.lastMessage : held.lastMessage,
    lastSeq: Math.max(fresh.lastSeq, held.lastSeq),
    unread: newer ? fresh.unread : held.unread,
    deliveredSeq: higher(fresh.deliveredSeq, held.deliveredSeq),
    readSeq: higher(fresh.readSeq, held.readSeq),
    deliveredMarks: held.deliveredMarks,
    readMarks: held.readMarks,
  };
};
