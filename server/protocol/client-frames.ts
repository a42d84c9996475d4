import * as z from 'zod/mini';
import { timestamp, uuid } from './fields.ts';
import { clientAck } from './messages/ack.ts';
import { clientAuth } from './messages/auth.ts';
import { clientMessage } from './messages/message.ts';
import { clientPing } from './messages/ping.ts';
import { clientPong } from './messages/pong.ts';
import { clientPresence } from './messages/presence.ts';
import { clientReaction } from './messages/reaction.ts';
import { clientSync } from './messages/sync.ts';
import { clientTyping } from './messages/typing.ts';
import type { ServerFrameType } from './server-frames.ts';

/** Frames from the client, by type [W1] [W3]. */
export const CLIENT_FRAMES = {
  message: clientMessage,
  ack: clientAck,
  reaction: clientReaction,
  presence: clientPresence,
  typing: clientTyping,
  sync: clientSync,
  auth: clientAuth,
  ping: clientPing,
  pong: clientPong,
} as const satisfies Readonly<Record<string, { readonly answer: ServerFrameType | null }>>;

export type ClientFrameType = keyof typeof CLIENT_FRAMES;
export type ClientFramePayload<T extends ClientFrameType> = z.infer<(typeof CLIENT_FRAMES)[T]['payload']>;

/** One frame from the client. The `id` of a `message` frame is the message id. */
export type ClientFrame = {
  [T in ClientFrameType]: { readonly id: string; readonly type: T; readonly payload: ClientFramePayload<T> };
}[ClientFrameType];

/** A frame without its payload. `timestamp` is optional and not used. */
export const clientFrame = z.strictObject({
  id: uuid,
  type: z.string().check(z.maxLength(32)),
  timestamp: z.optional(timestamp),
  payload: z.unknown(),
});
