import type { DownPayload, DownType, LogEvent } from './down.ts';

/** Frames as text, each encoded once however many sockets it goes to. Templates, because the hot frames have known
 *  shapes; only free text goes through JSON.stringify. */

let isoMs = NaN;
let isoText = '';
/** The messages of one transaction share their time, so the last one is kept. */
const iso = (ms: number): string => {
  if (ms !== isoMs) [isoMs, isoText] = [ms, new Date(ms).toISOString()];
  return isoText;
};

/** A frame without a number. `now`: milliseconds since the epoch. */
export const encodeFrame = <T extends DownType>(
  type: T,
  payload: DownPayload<T>,
  id: string,
  now: number,
): string => `{"id":"${id}","type":"${type}","timestamp":"${iso(now)}","payload":${JSON.stringify(payload)}}`;

/** A numbered event of one person's log. */
export const encodeEvent = (event: LogEvent, id: string): string =>
  `{"id":"${id}","type":"${event.type}","timestamp":"${iso(event.at)}","payload":${JSON.stringify(event.payload)},"cursor":${String(event.cursor)}}`;

export interface SentMessage {
  readonly messageId: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly senderId: string;
  readonly senderName: string;
  readonly recipientId: string;
  readonly content: string;
  readonly sentAt: number;
}

/** A `message` frame up to the place where the two people's copies part: the sender's has a status, each its cursor. */
export const encodeMessageHead = (m: SentMessage): string => {
  const at = iso(m.sentAt);
  return (
    `{"id":"${m.messageId}","type":"message","timestamp":"${at}","payload":{"message_id":"${m.messageId}",` +
    `"conversation_id":"${m.conversationId}","seq":${String(m.seq)},"sender_id":"${m.senderId}",` +
    `"sender_name":${JSON.stringify(m.senderName)},"recipient_id":"${m.recipientId}",` +
    `"content":${JSON.stringify(m.content)},"sent_at":"${at}","is_anonymized":false`
  );
};
export const recipientFrame = (head: string, cursor: number): string =>
  `${head}},"cursor":${String(cursor)}}`;
export const senderFrame = (head: string, cursor: number): string =>
  `${head},"status":"sent"},"cursor":${String(cursor)}}`;

/** The `ack sent` of one message; the same for the first answer and every repeat. [D4] */
export const encodeSentAck = (
  ack: { messageId: string; conversationId: string; seq: number; sentAt: number; cursor: number },
  id: string,
): string => {
  const at = iso(ack.sentAt);
  return (
    `{"id":"${id}","type":"ack","timestamp":"${at}","payload":{"message_id":"${ack.messageId}",` +
    `"conversation_id":"${ack.conversationId}","seq":${String(ack.seq)},"status":"sent",` +
    `"sent_at":"${at}","at":"${at}"},"cursor":${String(ack.cursor)}}`
  );
};
