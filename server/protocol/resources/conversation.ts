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
  pinned: z.boolean(),
  archived: z.boolean(),
  muted_until: z.nullable(timestamp),
});
export type ConversationResource = z.infer<typeof conversation>;

export const openConversationBody = z.union([
  z.strictObject({ recipient_id: uuid }),
  z.strictObject({ username: z.string().check(z.maxLength(256)) }),
]);

/** A change of what the user has set for one of their conversations: what is not named stays [C10]. `muted_until`: RFC 3339, at any
 *  offset from UTC. */
export const conversationSettingsBody = z
  .strictObject({
    pinned: z.optional(z.boolean()),
    archived: z.optional(z.boolean()),
    muted_until: z.optional(
      z.nullable(z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time with an offset from UTC' })),
    ),
  })
  .check((ctx) => {
    if (Object.values(ctx.value).some((value) => value !== undefined)) return;
    const message = 'must name pinned, archived or muted_until';
    ctx.issues.push({ code: 'custom', input: ctx.value, message });
  });

export const conversationsAnswer = z.strictObject({
  conversations: z.array(conversation),
  next: z.nullable(z.string()),
});
export const conversationsQuery = z.strictObject({
  limit,
  before: z.optional(z.string().check(z.maxLength(128))),
  pinned: z.optional(z.enum(['true', 'false'])),
  archived: z.optional(z.enum(['true', 'false'])),
});
