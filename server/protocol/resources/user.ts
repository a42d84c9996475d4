import * as z from 'zod/mini';
import { timestamp, uuid } from '../fields.ts';
import { about, displayName } from '../profile.ts';
import { limit } from './query.ts';

/** A user as others see them. `status` and `last_seen` are null for whoever may not see their presence [S7]; what the user has not set in
 *  their profile is null [U2]. */
export const livingUser = z.strictObject({
  id: uuid,
  username: z.string(),
  created_at: timestamp,
  status: z.nullable(z.enum(['online', 'offline'])),
  last_seen: z.nullable(timestamp),
  display_name: z.nullable(z.string()),
  about: z.nullable(z.string()),
  avatar: z.nullable(z.string()),
});
/** What a user learns of their own account. */
export const ownAccount = z.extend(livingUser, { role: z.enum(['user', 'admin']) });
export type OwnAccount = z.infer<typeof ownAccount>;
export const deletedUser = z.strictObject({
  id: uuid,
  username: z.literal('Deleted User'),
  deleted: z.literal(true),
});
export const user = z.union([livingUser, deletedUser]);
export type UserResource = z.infer<typeof user>;

/** A change of the profile: what is not named stays [U1]. */
export const profileBody = z.strictObject({
  display_name: z.optional(z.nullable(displayName)),
  about: z.optional(z.nullable(about)),
});

export const usersAnswer = z.strictObject({ users: z.array(user) });
/** Those whom the user has blocked, the last one first [B6]. */
export const blocksAnswer = z.strictObject({ users: z.array(user) });
export const usersQuery = z.strictObject({ query: z.optional(z.string()), limit });
