import type * as z from 'zod/mini';
import type { AttachmentResource } from '../../../protocol/resources/attachment.ts';
import type { conversation } from '../../../protocol/resources/conversation.ts';
import type { deletedUser, livingUser } from '../../../protocol/resources/user.ts';
import type { MessageResource, messageStatus } from '../../../protocol/resources/message.ts';
import type { SessionResource } from '../../../protocol/resources/session.ts';

/** Sample data for the examples in both documents: two users and their conversation. */

export const IDS = {
  anna: '018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f',
  ben: '018f3c2f-0a2b-7d4e-8f50-6b7c8d9e0f1a',
  conversation: '018f3c30-1b3c-7e5f-9061-7c8d9e0f1a2b',
  message: '018f3c31-2c4d-7f60-8172-8d9e0f1a2b3c',
  attachment: '018f3c33-4e6f-7182-93a4-af0a2b3c4d5e',
  session: '018f3c32-3d5e-7071-9283-9e0f1a2b3c4d',
  history: '018f3c2a-1c2d-7e3f-8a4b-5c6d7e8f9a0b',
} as const;
export const TIMES = {
  joined: '2026-11-02T08:15:00.000Z',
  sent: '2026-11-02T09:30:12.345Z',
  read: '2026-11-02T09:31:40.007Z',
} as const;

export const ANNA: z.infer<typeof livingUser> = {
  id: IDS.anna,
  username: 'anna',
  created_at: TIMES.joined,
  status: 'online',
  last_seen: TIMES.read,
  display_name: 'Anna Lindqvist',
  about: 'Usually here until six.',
  avatar: '9f2c4b7d1e8a3065',
};
export const BEN: z.infer<typeof livingUser> = {
  id: IDS.ben,
  username: 'ben',
  created_at: TIMES.joined,
  status: 'offline',
  last_seen: TIMES.read,
  display_name: null,
  about: null,
  avatar: null,
};
export const DELETED: z.infer<typeof deletedUser> = { id: IDS.ben, username: 'Deleted User', deleted: true };

export const ATTACHMENT: AttachmentResource = {
  id: IDS.attachment,
  name: 'harbour.jpg',
  type: 'image/jpeg',
  size: 482_113,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

export const MESSAGE: MessageResource & { status: z.infer<typeof messageStatus> } = {
  message_id: IDS.message,
  conversation_id: IDS.conversation,
  seq: 1,
  sender_id: IDS.anna,
  sender_name: 'anna',
  recipient_id: IDS.ben,
  content: 'Shall we meet at noon?',
  sent_at: TIMES.sent,
  is_anonymized: false,
  reply_to: null,
  reactions: [{ user_id: IDS.ben, emoji: '👍' }],
  attachments: [ATTACHMENT],
  status: 'read',
};

export const CONVERSATION: z.infer<typeof conversation> = {
  id: IDS.conversation,
  peer: BEN,
  created_at: TIMES.joined,
  last_message: MESSAGE,
  last_seq: 1,
  first_seq: 1,
  removed_until: null,
  unread_count: 0,
  delivered_seq: { me: 0, peer: 1 },
  read_seq: { me: 0, peer: 1 },
  pinned: true,
  archived: false,
  muted_until: null,
};

export const SESSION: SessionResource = {
  id: IDS.session,
  created_at: TIMES.joined,
  last_activity: TIMES.read,
  ip_address: '203.0.113.7',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
  connected: true,
  current: true,
};

/** They look like real tokens, but no server accepts them. */
export const TOKENS = {
  access_token:
    'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMThmM2MyZSJ9.rq0mF4zYt6d0bqv8mB2m0N5m3gk1Xx9cV7s2p4q6r8s',
  refresh_token: 'k3J9vT1mQ8sX5wZ2bN7cR4fL6hD0gP_yA-uEoIiVtYs',
  token_type: 'Bearer',
  expires_in: 3600,
} as const;

export const PASSWORD = 'Correct-Horse-7';
