import type { ServerFramePayload, ServerFrameType, LogEvent } from './down.ts';
import { rfc3339 } from './rfc3339.ts';
import type { Message } from './resources.ts';

/** Frames as text, each encoded once however many sockets it goes to. Templates, because the hot frames have known
 *  shapes; only free text goes through JSON.stringify. */

/** A frame without a number. `now`: milliseconds since the epoch. */
export const encodeFrame = <T extends ServerFrameType>(
  type: T,
  payload: ServerFramePayload<T>,
  id: string,
  now: number,
): string =>
  `{"id":"${id}","type":"${type}","timestamp":"${rfc3339(now)}","payload":${JSON.stringify(payload)}}`;

/** A numbered event of one person's log. */
export const encodeEvent = (event: LogEvent, id: string): string =>
  `{"id":"${id}","type":"${event.type}","timestamp":"${rfc3339(event.at)}","payload":${event.type === 'message' ? encodeMessage(event.payload) : JSON.stringify(event.payload)},"cursor":${String(event.cursor)}}`;

const encodeMessage = (m: Message): string =>
  `{"message_id":"${m.message_id}","conversation_id":"${m.conversation_id}","seq":${String(m.seq)},` +
  `"sender_id":"${m.sender_id}","sender_name":${JSON.stringify(m.sender_name)},"recipient_id":"${m.recipient_id}",` +
  `"content":${JSON.stringify(m.content)},"sent_at":"${m.sent_at}","is_anonymized":${String(m.is_anonymized)}` +
  (m.status === undefined ? '}' : `,"status":"${m.status}"}`);

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
  const at = rfc3339(m.sentAt);
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
  const at = rfc3339(ack.sentAt);
  return (
    `{"id":"${id}","type":"ack","timestamp":"${at}","payload":{"message_id":"${ack.messageId}",` +
    `"conversation_id":"${ack.conversationId}","seq":${String(ack.seq)},"status":"sent",` +
    `"sent_at":"${at}","at":"${at}"},"cursor":${String(ack.cursor)}}`
  );
};
