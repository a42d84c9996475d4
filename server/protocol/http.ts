import * as z from 'zod/mini';
import { ERROR_CODES } from './errors.ts';
import { count, givenPassword, newPassword, searchText, username, uuid } from './fields.ts';
import { PAGE_DEFAULT, PAGE_MAX } from './limits.ts';
import { conversation, highlights, livingUser, message, session, user } from './resources.ts';

/** Bodies, queries and answers of the HTTP routes (SPEC §4). */

export const registerBody = z.strictObject({
  username,
  password: newPassword,
  invite: z.optional(z.string().check(z.maxLength(128))),
});
export const loginBody = z.strictObject({
  username: z.string().check(z.maxLength(256)),
  password: givenPassword,
});
export const refreshBody = z.strictObject({ refresh_token: z.string().check(z.maxLength(512)) });
export const passwordBody = z.strictObject({ current_password: givenPassword, new_password: newPassword });
export const deleteBody = z.strictObject({ password: givenPassword });
export const openConversationBody = z.union([
  z.strictObject({ recipient_id: uuid }),
  z.strictObject({ username: z.string().check(z.maxLength(256)) }),
]);

const tokens = {
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: count,
};
export const tokensAnswer = z.strictObject(tokens);
export const signedInAnswer = z.strictObject({ user: livingUser, ...tokens });
export const sessionsAnswer = z.strictObject({ sessions: z.array(session) });
export const usersAnswer = z.strictObject({ users: z.array(user) });
export const conversationsAnswer = z.strictObject({
  conversations: z.array(conversation),
  next: z.nullable(z.string()),
});
export const messagesAnswer = z.strictObject({ messages: z.array(message), has_more: z.boolean() });
export const searchAnswer = z.strictObject({
  messages: z.array(z.extend(message, { highlights })),
  conversations: z.array(z.extend(conversation, { highlights })),
  users: z.array(z.extend(livingUser, { highlights })),
});
export const healthAnswer = z.strictObject({
  status: z.enum(['ok', 'unavailable']),
  checks: z.record(z.string(), z.string()),
});
/** Of `/healthz`: with the version of the program that answers. */
export const livenessAnswer = z.extend(healthAnswer, { version: z.string() });
export type SearchAnswer = z.infer<typeof searchAnswer>;
export type Tokens = z.infer<typeof tokensAnswer>;
export type SignedIn = z.infer<typeof signedInAnswer>;

/** Query strings: everything arrives as text. */
const whole = (minimum: number, maximum: number) =>
  z.pipe(
    z.pipe(z.string().check(z.regex(/^\d{1,16}$/, 'must be a whole number')), z.transform(Number)),
    z.int().check(z.minimum(minimum), z.maximum(maximum)),
  );
const limit = z._default(whole(1, PAGE_MAX), PAGE_DEFAULT);
const position = z.optional(whole(0, Number.MAX_SAFE_INTEGER));

export const usersQuery = z.strictObject({ query: z.optional(z.string()), limit });
export const conversationsQuery = z.strictObject({
  limit,
  before: z.optional(z.string().check(z.maxLength(128))),
});
/** Where a page of the history lies: at most one of these may be given. */
export const PAGE_POSITIONS = ['before', 'after', 'around'] as const;
export const messagesQuery = z
  .strictObject({ before: position, after: position, around: position, limit })
  .check((ctx) => {
    const [, second] = PAGE_POSITIONS.filter((name) => ctx.value[name] !== undefined);
    if (second === undefined) return;
    const message = `must not stand beside another of ${PAGE_POSITIONS.join(', ')}`;
    ctx.issues.push({ code: 'custom', input: ctx.value, path: [second], message });
  });
export const searchQuery = z.strictObject({
  q: z.optional(searchText),
  type: z.optional(z.enum(['messages', 'conversations', 'users'])),
  limit,
  before: z.optional(uuid),
});
export const idParams = z.strictObject({ id: uuid });

export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(ERROR_CODES as [(typeof ERROR_CODES)[number], ...(typeof ERROR_CODES)[number][]]),
  detail: z.string(),
  errors: z.optional(z.array(z.strictObject({ path: z.string(), message: z.string() }))),
});
export type Problem = z.infer<typeof problem>;
