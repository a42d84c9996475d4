import type { ServerFrame, ServerFrameType, DurableType } from '../../server/protocol/down.ts';
import type { ClientFramePayload, ClientFrameType } from '../../server/protocol/up.ts';

export type Frame<T extends ServerFrameType> = Extract<ServerFrame, { readonly type: T }>;
export type DurableFrame = Frame<DurableType>;

/** Every type the server may send and whether it carries a cursor. The compiler names a forgotten one. */
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

/** A frame of the server, or null for what this version does not know. Checks the envelope only: payloads come
 *  from the server that also sent this code, and everything in them is rendered as text. */
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
