import * as z from 'zod/mini';
import { count, seq, timestamp, uuid } from './fields.ts';

/** What a client sees of people, conversations and messages (SPEC §4). */

export const livingUser = z.strictObject({
  id: uuid,
  username: z.string(),
  created_at: timestamp,
  status: z.nullable(z.enum(['online', 'offline'])),
  last_seen: z.nullable(timestamp),
});
export const deletedUser = z.strictObject({
  id: uuid,
  username: z.literal('Deleted User'),
  deleted: z.literal(true),
});
export const user = z.union([livingUser, deletedUser]);
export type User = z.infer<typeof user>;

export const messageStatus = z.enum(['sent', 'delivered', 'read']);
export type MessageStatus = z.infer<typeof messageStatus>;

/** `status` stands on one's own messages only. */
export const message = z.strictObject({
  message_id: uuid,
  conversation_id: uuid,
  seq,
  sender_id: uuid,
  sender_name: z.string(),
  recipient_id: uuid,
  content: z.string(),
  sent_at: timestamp,
  is_anonymized: z.boolean(),
  status: z.optional(messageStatus),
});
export type Message = z.infer<typeof message>;

const marks = z.strictObject({ me: count, peer: count });

export const conversation = z.strictObject({
  id: uuid,
  peer: user,
  created_at: timestamp,
  last_message: z.nullable(message),
  last_seq: count,
  unread_count: count,
  delivered_seq: marks,
  read_seq: marks,
});
export type Conversation = z.infer<typeof conversation>;

export const session = z.strictObject({
  id: uuid,
  created_at: timestamp,
  last_activity: timestamp,
  ip_address: z.string(),
  user_agent: z.string(),
  connected: z.boolean(),
  current: z.boolean(),
});
export type Session = z.infer<typeof session>;

/** Places of a hit in code points: [start, end). */
export const highlights = z.array(z.tuple([count, count]));
