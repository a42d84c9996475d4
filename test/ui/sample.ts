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
  status: 'sent' | 'delivered' | 'read',
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

export const message = (seq: number | null, mine = false, at = AT): Message => ({
  id: idOf(seq ?? 999),
  conversationId: CHAT,
  seq,
  mine,
  content: 'text',
  sentAt: at,
  failure: null,
});

export const sampleConversation = (part: Partial<Conversation> = {}): Conversation => ({
  id: CHAT,
  peer: { id: PEER, username: 'peer', created_at: AT, status: 'online', last_seen: null },
  createdAt: AT,
  activity: 0,
  lastMessage: null,
  lastSeq: 0,
  firstSeq: 1,
  removedUntil: null,
  unread: 0,
  deliveredSeq: { me: 0, peer: 0 },
  readSeq: { me: 0, peer: 0 },
  deliveredMarks: [],
  readMarks: [],
  ...part,
});

export const sampleModel = (part: Partial<Conversation> = {}): Model =>
  withConversation({ ...emptyModel(ME), cursor: 0 }, sampleConversation(part));
