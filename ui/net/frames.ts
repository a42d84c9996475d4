import type { ServerFrame, ServerFrameType, DurableType } from '../../server/protocol/server-frames.ts';
import type { ClientFramePayload, ClientFrameType } from '../../server/protocol/client-frames.ts';

export type ServerFrameOf<T extends ServerFrameType> = Extract<ServerFrame, { readonly type: T }>;
export type DurableFrame = ServerFrameOf<DurableType>;

/** All frame types of the server, and whether they carry a cursor. A missing one does not compile. */
const DURABLE: { readonly [T in ServerFrameType]: T extends DurableType ? true : false } = {
  welcome: false,
  sync: false,
  message: true,
  ack: true,
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

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Decodes a frame of the server. Returns null for a frame that this version does not know. Checks the envelope only:
 *  payloads come from the server that also delivered this code, and their content is rendered as text. */
export const decodeFrame = (text: string): ServerFrame | null => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || typeof value['type'] !== 'string' || !isRecord(value['payload'])) return null;
  if (!Object.hasOwn(DURABLE, value['type'])) return null;
  const durable = DURABLE[value['type'] as ServerFrameType];
  if (durable && !Number.isSafeInteger(value['cursor'])) return null;
  return value as unknown as ServerFrame;
};

export const isDurable = (frame: ServerFrame): frame is DurableFrame => DURABLE[frame.type];

export const encodeFrame = <T extends ClientFrameType>(
  id: string,
  type: T,
  payload: ClientFramePayload<T>,
): string => JSON.stringify({ id, type, payload });

/** Returns the conversation whose peer a frame contains, or null. */
export const conversationIn = (frame: ServerFrame): string | null => {
  if (frame.type === 'message') return frame.payload.conversation_id;
  return frame.type === 'conversation' ? frame.payload.conversation.id : null;
};
