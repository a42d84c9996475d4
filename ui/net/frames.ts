import type { ServerFrame, ServerFrameType, DurableType } from '../../server/protocol/server-frames.ts';

export type ServerFrameOf<T extends ServerFrameType> = Extract<ServerFrame, { readonly type: T }>;
export type DurableFrame = ServerFrameOf<DurableType>;

/** All frame types of the server, and whether they carry a cursor. A missing one does not compile. */
export const DURABLE: { readonly [T in ServerFrameType]: T extends DurableType ? true : false } = {
  welcome: false,
  sync: false,
  message: true,
  ack: true,
  reaction: true,
  conversation: true,
  user: true,
  presence: false,
  typing: false,
  session: false,
  auth: false,
  ping: false,
  pong: false,
  error: false,
};

export const isDurable = (frame: ServerFrame): frame is DurableFrame => DURABLE[frame.type];

/** Whether a frame answers what this client sent. Its cursor may be an old one [D4] [M6]. */
export const isAnswer = (frame: ServerFrame): boolean =>
  frame.type === 'ack' && (frame.payload.status === 'sent' || frame.payload.status === 'reacted');

/** The conversation that an event is about, or null. */
export const conversationOf = (frame: DurableFrame): string | null => {
  if (frame.type === 'user') return null;
  return frame.type === 'conversation' ? frame.payload.conversation.id : frame.payload.conversation_id;
};

/** Returns the conversation whose peer a frame contains, or null. */
export const conversationIn = (frame: ServerFrame): string | null => {
  if (frame.type === 'message') return frame.payload.conversation_id;
  return frame.type === 'conversation' ? frame.payload.conversation.id : null;
};
