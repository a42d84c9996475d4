import { createHmac } from 'node:crypto';
import type { SentMessage } from '../../protocol/messages/message.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { PushAudience } from '../../storage/push-subscriptions.ts';

/** A stored message of which its recipient may be told. */
export type OfferedMessage = Pick<
  SentMessage,
  'messageId' | 'conversationId' | 'senderId' | 'recipientId' | 'content' | 'sentAt' | 'attachments'
>;

/** Code points of a text that a notification can show. */
const TEXT_MAX = 240;
const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** A browser that was off for longer learns of the message when it is opened. */
const TTL_S = 7 * 86_400;
const TOPIC_BYTES = 24;

/** Never ends inside a character as a reader sees it, such as a flag, unless the first one alone is too long. */
const shortened = (text: string): string => {
  const points = [...text];
  if (points.length <= TEXT_MAX) return text;
  const end = points.slice(0, TEXT_MAX - 1).join('').length;
  const start = segmenter.segment(text).containing(end)?.index ?? end;
  return `${text.slice(0, start > 0 ? start : end)}…`;
};

/** What the device decrypts. */
export const pushPayload = (
  { conversationId, messageId, content, sentAt, attachments = [] }: OfferedMessage,
  senderName: string,
  showText: boolean,
): unknown => ({
  type: 'message',
  conversation_id: conversationId,
  message_id: messageId,
  sender_name: senderName,
  sent_at: rfc3339(sentAt),
  ...(showText && { text: shortened(content) }),
  ...(showText && attachments.length > 0 && { attachments: attachments.length }),
});

/** What the push service reads. The topic, by which a later push replaces one that was not delivered yet, is another one for each
 *  subscription: push services are not to see which of their users talk with each other. `high`, because phones that save power hold back
 *  everything else. */
export const pushHeaders = (
  { conversationId }: OfferedMessage,
  { auth }: Pick<PushAudience['subscriptions'][number], 'auth'>,
  authorization: string,
): Readonly<Record<string, string>> => ({
  Authorization: authorization,
  'Content-Encoding': 'aes128gcm',
  'Content-Type': 'application/octet-stream',
  TTL: String(TTL_S),
  Urgency: 'high',
  Topic: createHmac('sha256', auth)
    .update(conversationId)
    .digest()
    .subarray(0, TOPIC_BYTES)
    .toString('base64url'),
});
