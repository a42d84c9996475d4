import * as z from 'zod/mini';
import { content, count, timestamp, uuid } from './fields.ts';

/** Frames from the client (SPEC §5.2): one entry a type, its payload's schema. */
export const CLIENT_FRAMES = {
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

export type ClientFrameType = keyof typeof CLIENT_FRAMES;
export type ClientFramePayload<T extends ClientFrameType> = z.infer<(typeof CLIENT_FRAMES)[T]>;

/** One client envelope. `id` of a `message` is the message's id. */
export type ClientFrame = {
  [T in ClientFrameType]: { readonly id: string; readonly type: T; readonly payload: ClientFramePayload<T> };
}[ClientFrameType];

/** The envelope without its payload; `timestamp` may be left out, it is only a label. */
export const clientFrame = z.strictObject({
  id: uuid,
  type: z.string().check(z.maxLength(32)),
  timestamp: z.optional(timestamp),
  payload: z.unknown(),
});
