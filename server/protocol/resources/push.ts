import * as z from 'zod/mini';
import { PUSH_ENDPOINT_MAX } from '../limits.ts';

/** An uncompressed point of P-256, and 16 bytes, in base64url without padding: what `PushSubscription.getKey` gives a client. */
const p256dh = z.string().check(z.regex(/^B[A-Za-z0-9_-]{86}$/, 'must be 65 bytes of base64url'));
const auth = z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/, 'must be 16 bytes of base64url'));

/** The `applicationServerKey` for a subscription (RFC 8292). */
export const pushKeyAnswer = z.strictObject({ key: z.string() });

export const pushKeys = z.strictObject({ p256dh, auth });
/** With the fields of `PushSubscription.toJSON`, so that a client can send what that gives it. `expirationTime` counts for nothing: the push
 *  service says when a subscription has ended [N5]. */
export const pushBody = z.strictObject({
  endpoint: z.string().check(z.minLength(1), z.maxLength(PUSH_ENDPOINT_MAX)),
  keys: pushKeys,
  expirationTime: z.optional(z.nullable(z.number())),
  show_text: z.optional(z.boolean()),
});

/** Where pushes for a session go. `key`: as in `pushKeyAnswer`; null if the server sends none. */
export const pushAnswer = z.strictObject({
  key: z.nullable(z.string()),
  endpoint: z.nullable(z.string()),
  show_text: z.boolean(),
});
export type PushState = z.infer<typeof pushAnswer>;
