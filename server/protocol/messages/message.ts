import * as z from 'zod/mini';
import { contentFault, contentOrNone, uuid } from '../fields.ts';
import { attachmentIds, type AttachmentResource } from '../resources/attachment.ts';
import { message, type MessageResource } from '../resources/message.ts';
import { rfc3339 } from '../rfc3339.ts';
import { clientSpec, serverSpec } from './frame-spec.ts';

export const clientMessage = clientSpec({
  payload: z
    .strictObject({
      recipient_id: z.optional(uuid),
      conversation_id: z.optional(uuid),
      content: contentOrNone,
      reply_to: z.optional(uuid),
      attachments: z.optional(attachmentIds),
    })
    .check((ctx) => {
      const { content, attachments = [] } = ctx.value;
      const fault = content === '' && attachments.length === 0 ? contentFault(content) : null;
      if (fault !== null)
        ctx.issues.push({ code: 'custom', input: content, path: ['content'], message: fault });
    }),
  meaning:
    'Sends a message. The `id` of the frame becomes the id of the message; a repeated id with the same content and attachments gets the first answer again. Answered by `ack` with status `sent`, or by `error`.',
  answer: 'ack',
  budget: 'send',
  since: 1,
});

export const serverMessage = serverSpec({
  payload: message,
  durable: { freshFrom: 'undelivered' },
  meaning: 'A message of one of the user’s conversations, sent by either of the two.',
  since: 1,
});

const encodeReplyTo = (replyTo: MessageResource['reply_to']): string =>
  replyTo === null ? 'null' : `{"message_id":"${replyTo.message_id}","seq":${String(replyTo.seq)}}`;

type Attachments = readonly AttachmentResource[];

const encodeAttachments = (attachments: Attachments): string =>
  attachments.length === 0 ? '[]' : JSON.stringify(attachments);

/** The payload of a `message` frame. A template: its shape is known, and only free text goes through JSON.stringify. */
export const encodeMessage = (m: MessageResource): string =>
  `{"message_id":"${m.message_id}","conversation_id":"${m.conversation_id}","seq":${String(m.seq)},` +
  `"sender_id":"${m.sender_id}","sender_name":${JSON.stringify(m.sender_name)},"recipient_id":"${m.recipient_id}",` +
  `"content":${JSON.stringify(m.content)},"sent_at":"${m.sent_at}","is_anonymized":${String(m.is_anonymized)},` +
  `"reply_to":${encodeReplyTo(m.reply_to)},"reactions":${m.reactions.length === 0 ? '[]' : JSON.stringify(m.reactions)},` +
  `"attachments":${encodeAttachments(m.attachments)}` +
  (m.status === undefined ? '}' : `,"status":"${m.status}"}`);

/** A message that was just committed: nobody has reacted to it. `sentAt`: milliseconds since the epoch. */
export interface SentMessage {
  readonly messageId: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly senderId: string;
  readonly senderName: string;
  readonly recipientId: string;
  readonly content: string;
  readonly sentAt: number;
  readonly replyTo?: NonNullable<MessageResource['reply_to']>;
  readonly attachments?: Attachments;
}

/** A `message` frame up to the point where the copies for sender and recipient differ: the sender's has a status, and each has
 *  its own cursor. */
export const encodeMessageHead = (m: SentMessage): string => {
  const at = rfc3339(m.sentAt);
  return (
    `{"id":"${m.messageId}","type":"message","timestamp":"${at}","payload":{"message_id":"${m.messageId}",` +
    `"conversation_id":"${m.conversationId}","seq":${String(m.seq)},"sender_id":"${m.senderId}",` +
    `"sender_name":${JSON.stringify(m.senderName)},"recipient_id":"${m.recipientId}",` +
    `"content":${JSON.stringify(m.content)},"sent_at":"${at}","is_anonymized":false,` +
    `"reply_to":${encodeReplyTo(m.replyTo ?? null)},"reactions":[],"attachments":${encodeAttachments(m.attachments ?? [])}`
  );
};
export const recipientFrame = (head: string, cursor: number): string =>
  `${head}},"cursor":${String(cursor)}}`;
export const senderFrame = (head: string, cursor: number): string =>
  `${head},"status":"sent"},"cursor":${String(cursor)}}`;
