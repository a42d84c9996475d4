import * as z from 'zod/mini';
import { ERROR_CODES } from './errors.ts';
import { count, seq, timestamp, uuid } from './fields.ts';
import { conversation, deletedUser, message, messageStatus } from './resources.ts';

const errorCode = z.enum(ERROR_CODES as [(typeof ERROR_CODES)[number], ...(typeof ERROR_CODES)[number][]]);

/** Frames from the server (SPEC §5.1, §5.3): one entry a type. `durable` ones carry `cursor`. */
export const SERVER_FRAMES = {
  welcome: {
    durable: false,
    payload: z.strictObject({
      session_id: uuid,
      user_id: uuid,
      server_time: timestamp,
      heartbeat_s: z.number(),
      cursor: count,
      history: uuid,
      reset: z.boolean(),
      min_version: z.int().check(z.minimum(1)),
    }),
  },
  sync: { durable: false, payload: z.strictObject({ cursor: count, complete: z.literal(true) }) },
  message: { durable: true, payload: message },
  ack: {
    durable: true,
    payload: z.strictObject({
      message_id: uuid,
      conversation_id: uuid,
      seq,
      status: messageStatus,
      sent_at: z.optional(timestamp),
      at: timestamp,
    }),
  },
  conversation: {
    durable: true,
    payload: z.strictObject({ change: z.enum(['created', 'deleted']), conversation }),
  },
  user: {
    durable: true,
    payload: z.strictObject({ change: z.literal('deleted'), user: deletedUser }),
  },
  presence: {
    durable: false,
    payload: z.strictObject({
      user_id: uuid,
      status: z.enum(['online', 'offline']),
      last_seen: z.nullable(timestamp),
    }),
  },
  typing: {
    durable: false,
    payload: z.strictObject({ conversation_id: uuid, user_id: uuid, typing: z.boolean() }),
  },
  session: {
    durable: false,
    payload: z.strictObject({ change: z.literal('revoked'), reason: z.string() }),
  },
  auth: { durable: false, payload: z.strictObject({ expires_at: timestamp }) },
  ping: { durable: false, payload: z.strictObject({}) },
  pong: { durable: false, payload: z.strictObject({}) },
  error: {
    durable: false,
    payload: z.strictObject({ code: errorCode, message: z.string(), ref: z.nullable(z.string()) }),
  },
} as const;

export type ServerFrameType = keyof typeof SERVER_FRAMES;
export type ServerFramePayload<T extends ServerFrameType> = z.infer<(typeof SERVER_FRAMES)[T]['payload']>;
export type DurableType = {
  [T in ServerFrameType]: (typeof SERVER_FRAMES)[T]['durable'] extends true ? T : never;
}[ServerFrameType];

/** One server envelope. */
export type ServerFrame = {
  [T in ServerFrameType]: {
    readonly id: string;
    readonly type: T;
    readonly timestamp: string;
    readonly payload: ServerFramePayload<T>;
  } & (T extends DurableType ? { readonly cursor: number } : unknown);
}[ServerFrameType];

/** A durable event of one person's log, before it is put into a frame. `at`: milliseconds since the epoch. */
export type LogEvent = {
  [T in DurableType]: {
    readonly cursor: number;
    readonly at: number;
    readonly type: T;
    readonly payload: ServerFramePayload<T>;
  };
}[DurableType];
