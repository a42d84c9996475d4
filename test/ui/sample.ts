import type { UserResource } from '../../server/protocol/resources/user.ts';
import type { ServerFrame, ServerFramePayload } from '../../server/protocol/server-frames.ts';
import {
  emptyModel,
  withConversation,
  type Conversation,
  type Message,
  type Model,
} from '../../ui/model/model.ts';

/** Frames and models for the tests of the client. */

export const ME = '00000000-0000-7000-8000-00000000000a';
export const PEER = '00000000-0000-7000-8000-00000000000b';
export const CHAT = '00000000-0000-7000-8000-0000000000cc';
export const AT = '2026-01-01T10:00:00.000Z';
const NOW = Date.parse(AT);

export const idOf = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const atMinute = (minute: number): string => new Date(NOW + minute * 60_000).toISOString();

export const wireMessage = (
  seq: number,
  mine: boolean,
  text = `text ${String(seq)}`,
): ServerFramePayload<'message'> => ({
  message_id: idOf(seq),
  conversation_id: CHAT,
  seq,
  sender_id: mine ? ME : PEER,
  sender_name: mine ? 'me' : 'peer',
  recipient_id: mine ? PEER : ME,
  content: text,
  sent_at: AT,
  is_anonymized: false,
  reply_to: null,
  reactions: [],
  attachments: [],
});

export const messageFrame = (cursor: number, seq: number, mine = false): ServerFrame => ({
  id: idOf(1000 + cursor),
  type: 'message',
  timestamp: AT,
  cursor,
  payload: wireMessage(seq, mine),
});

export const ackFrame = (
  cursor: number,
  seq: number,
  status: 'sent' | 'delivered' | 'read' | 'reacted',
  messageId = idOf(seq),
): ServerFrame => ({
  id: idOf(2000 + cursor),
  type: 'ack',
  timestamp: AT,
  cursor,
  payload: {
    message_id: messageId,
    conversation_id: CHAT,
    seq,
    status,
    at: AT,
    ...(status === 'sent' && { sent_at: AT }),
  },
});

export const reactionFrame = (
  cursor: number,
  seq: number,
  emoji: string | null,
  userId = PEER,
): ServerFrame => ({
  id: idOf(3000 + cursor),
  type: 'reaction',
  timestamp: AT,
  cursor,
  payload: { message_id: idOf(seq), conversation_id: CHAT, seq, user_id: userId, emoji, at: AT },
});

type LivingUser = Exclude<UserResource, { deleted: true }>;

/** The peer, with a profile. */
export const profiled = (display_name: string | null, part: Partial<LivingUser> = {}): LivingUser => {
  const user = { id: PEER, username: 'peer', created_at: AT, status: 'online', last_seen: null } as const;
  return { ...user, display_name, about: null, avatar: null, ...part };
};

/** Somebody has changed their profile. */
export const updatedFrame = (cursor: number, user: UserResource): ServerFrame => ({
  id: idOf(4000 + cursor),
  type: 'user',
  timestamp: AT,
  cursor,
  payload: { change: 'updated', user },
});

/** The user has changed the settings of the sample conversation, here or on another device. */
export const settingsFrame = (
  cursor: number,
  conversation: ServerFramePayload<'conversation'>['conversation'],
): ServerFrame => ({
  id: idOf(5000 + cursor),
  type: 'conversation',
  timestamp: AT,
  cursor,
  payload: { change: 'updated', conversation },
});

/** The user has blocked the peer, or no longer does. */
export const blockFrame = (cursor: number, change: 'blocked' | 'unblocked'): ServerFrame => ({
  id: idOf(6000 + cursor),
  type: 'user',
  timestamp: AT,
  cursor,
  payload: { change, user: profiled(null, { status: null }) },
});

export const message = (seq: number | null, mine = false, at = AT): Message => ({
  id: idOf(seq ?? 999),
  conversationId: CHAT,
  seq,
  mine,
  content: 'text',
  sentAt: at,
  failure: null,
  replyTo: null,
  reactions: [],
  attachments: [],
});

export const sampleConversation = (part: Partial<Conversation> = {}): Conversation => ({
  id: CHAT,
  peer: profiled(null),
  createdAt: AT,
  activity: 0,
  lastMessage: null,
  lastSeq: 0,
  firstSeq: 1,
  removedUntil: null,
  pinned: false,
  archived: false,
  mutedUntil: null,
  unread: 0,
  deliveredSeq: { me: 0, peer: 0 },
  readSeq: { me: 0, peer: 0 },
  deliveredMarks: [],
  readMarks: [],
  ...part,
});

export const sampleModel = (part: Partial<Conversation> = {}): Model =>
  withConversation({ ...emptyModel(ME), cursor: 0 }, sampleConversation(part));
