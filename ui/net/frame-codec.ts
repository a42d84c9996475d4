import type { ServerFrame, ServerFrameType } from '../../server/protocol/server-frames.ts';
import type { ClientFramePayload, ClientFrameType } from '../../server/protocol/client-frames.ts';
import { DURABLE } from './frames.ts';

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

export const encodeFrame = <T extends ClientFrameType>(
  id: string,
  type: T,
  payload: ClientFramePayload<T>,
): string => JSON.stringify({ id, type, payload });
