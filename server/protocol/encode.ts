import { encodeMessage } from './messages/message.ts';
import { rfc3339 } from './rfc3339.ts';
import type { LogEvent, ServerFramePayload, ServerFrameType } from './server-frames.ts';

/** Frames as text, encoded once for all sockets. What is frequent has a template beside its schema in `messages/`. */

/** A frame without a cursor. `now`: milliseconds since the epoch. */
export const encodeFrame = <T extends ServerFrameType>(
  type: T,
  payload: ServerFramePayload<T>,
  id: string,
  now: number,
): string =>
  `{"id":"${id}","type":"${type}","timestamp":"${rfc3339(now)}","payload":${JSON.stringify(payload)}}`;

/** An event of one user's log, with its cursor. */
export const encodeEvent = (event: LogEvent, id: string): string =>
  `{"id":"${id}","type":"${event.type}","timestamp":"${rfc3339(event.at)}","payload":${event.type === 'message' ? encodeMessage(event.payload) : JSON.stringify(event.payload)},"cursor":${String(event.cursor)}}`;
