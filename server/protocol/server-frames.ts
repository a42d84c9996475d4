import type * as z from 'zod/mini';
import { serverAck } from './messages/ack.ts';
import { serverAuth } from './messages/auth.ts';
import { serverConversation } from './messages/conversation.ts';
import { serverError } from './messages/error.ts';
import { serverMessage } from './messages/message.ts';
import { serverPing } from './messages/ping.ts';
import { serverPong } from './messages/pong.ts';
import { serverPresence } from './messages/presence.ts';
import { serverReaction } from './messages/reaction.ts';
import { serverSession } from './messages/session.ts';
import { serverSync } from './messages/sync.ts';
import { serverTyping } from './messages/typing.ts';
import { serverUser } from './messages/user.ts';
import { serverWelcome } from './messages/welcome.ts';

/** Frames from the server, by type. Frames of a `durable` type are events and carry a `cursor` [D3]. */
export const SERVER_FRAMES = {
  welcome: serverWelcome,
  sync: serverSync,
  message: serverMessage,
  ack: serverAck,
  reaction: serverReaction,
  conversation: serverConversation,
  user: serverUser,
  presence: serverPresence,
  typing: serverTyping,
  session: serverSession,
  auth: serverAuth,
  ping: serverPing,
  pong: serverPong,
  error: serverError,
} as const;

export type ServerFrameType = keyof typeof SERVER_FRAMES;
export type ServerFramePayload<T extends ServerFrameType> = z.infer<(typeof SERVER_FRAMES)[T]['payload']>;
export type DurableType = {
  [T in ServerFrameType]: (typeof SERVER_FRAMES)[T]['durable'] extends false ? never : T;
}[ServerFrameType];

/** One frame from the server. */
export type ServerFrame = {
  [T in ServerFrameType]: {
    readonly id: string;
    readonly type: T;
    readonly timestamp: string;
    readonly payload: ServerFramePayload<T>;
  } & (T extends DurableType ? { readonly cursor: number } : unknown);
}[ServerFrameType];

/** A durable event of one user's log, before it is put into a frame. `at`: milliseconds since the epoch. */
export type LogEvent = {
  [T in DurableType]: {
    readonly cursor: number;
    readonly at: number;
    readonly type: T;
    readonly payload: ServerFramePayload<T>;
  };
}[DurableType];
