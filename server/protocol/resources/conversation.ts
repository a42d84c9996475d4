import * as z from 'zod/mini';
import { count, timestamp, uuid } from '../fields.ts';
import { message } from './message.ts';
import { limit } from './query.ts';
import { user } from './user.ts';

/** How far each of the two has got, as a `seq`. */
const positions = z.strictObject({ me: count, peer: count });

export const conversation = z.strictObject({
  id: uuid,
  peer: user,
  created_at: timestamp,
  last_message: z.nullable(message),
  last_seq: count,
  first_seq: count,
  removed_until: z.nullable(timestamp),
  unread_count: count,
  delivered_seq: positions,
  read_seq: positions,
});
export type ConversationResource = z.infer<typeof conversation>;

export const openConversationBody = z.union([
  z.strictObject({ recipient_id: uuid }),
  z.strictObject({ username: z.string().check(z.maxLength(256)) }),
]);
export const conversationsAnswer = z.strictObject({
  conversations: z.array(conversation),
  next: z.nullable(z.string()),
});
export const conversationsQuery = z.strictObject({
  limit,
  before: z.optional(z.string().check(z.maxLength(128))),
});
