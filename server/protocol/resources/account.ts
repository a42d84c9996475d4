import * as z from 'zod/mini';
import { count, givenPassword, newPassword, username } from '../fields.ts';
import { livingUser } from './user.ts';

/** Registration, login, tokens, password and deletion of an account. */

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
export const resetBody = z.strictObject({
  code: z.string().check(z.maxLength(128)),
  new_password: newPassword,
});
export const deleteBody = z.strictObject({ password: givenPassword });

const tokens = {
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: count,
};
export const tokensAnswer = z.strictObject(tokens);
export type TokenPair = z.infer<typeof tokensAnswer>;
export const signedInAnswer = z.strictObject({ user: livingUser, ...tokens });
export type SignedIn = z.infer<typeof signedInAnswer>;
