import * as z from 'zod/mini';
import { count, searchText, timestamp, uuid } from '../fields.ts';
import { conversation } from './conversation.ts';
import { message } from './message.ts';
import { limit } from './query.ts';
import { livingUser } from './user.ts';

/** Ranges of a hit in code points: [start, end) [F5]. */
const highlights = z.array(z.tuple([count, count]));

export const searchAnswer = z.strictObject({
  messages: z.array(z.extend(message, { highlights })),
  conversations: z.array(z.extend(conversation, { highlights })),
  users: z.array(z.extend(livingUser, { highlights })),
  removed_until: z.nullable(timestamp),
});
export type SearchAnswer = z.infer<typeof searchAnswer>;

export const searchQuery = z.strictObject({
  q: z.optional(searchText),
  type: z.optional(z.enum(['messages', 'conversations', 'users'])),
  limit,
  before: z.optional(uuid),
});
