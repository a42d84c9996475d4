import * as z from 'zod/mini';
import { content, count, timestamp, uuid } from './fields.ts';

/** Frames from the client (SPEC §5.2): one entry a type, its payload's schema. */
export const UP = {
  message: z.strictObject({
    recipient_id: z.optional(uuid),
    conversation_id: z.optional(uuid),
    content,
  }),
  ack: z.strictObject({ message_id: uuid, status: z.enum(['delivered', 'read']) }),
  presence: z.strictObject({ status: z.enum(['online', 'offline']) }),
  typing: z.strictObject({ conversation_id: uuid, typing: z.boolean() }),
  sync: z.strictObject({ cursor: count }),
  auth: z.strictObject({ token: z.string().check(z.maxLength(8192)) }),
  ping: z.strictObject({}),
  pong: z.strictObject({}),
} as const;

export type UpType = keyof typeof UP;
export type UpPayload<T extends UpType> = z.infer<(typeof UP)[T]>;

/** One client envelope. `id` of a `message` is the message's id. */
export type Up = {
  [T in UpType]: { readonly id: string; readonly type: T; readonly payload: UpPayload<T> };
}[UpType];

/** The envelope without its payload; `timestamp` may be left out, it is only a label. */
export const upEnvelope = z.strictObject({
  id: uuid,
  type: z.string().check(z.maxLength(32)),
  timestamp: z.optional(timestamp),
  payload: z.unknown(),
});
