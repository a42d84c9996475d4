import * as z from 'zod/mini';
import { emoji } from '../emoji.ts';
import { attachment } from './attachment.ts';
import { seq, timestamp, uuid } from '../fields.ts';
import { limit, position } from './query.ts';

export const messageStatus = z.enum(['sent', 'delivered', 'read']);
export type MessageStatus = z.infer<typeof messageStatus>;

/** The message that another one replies to [M2]. */
const repliedTo = z.strictObject({ message_id: uuid, seq });

/** `status` is present only on the viewer's own messages. */
export const message = z.strictObject({
  message_id: uuid,
  conversation_id: uuid,
  seq,
  sender_id: uuid,
  sender_name: z.string(),
  recipient_id: uuid,
  content: z.string(),
  sent_at: timestamp,
  is_anonymized: z.boolean(),
  reply_to: z.nullable(repliedTo),
  reactions: z.array(z.strictObject({ user_id: uuid, emoji })),
  attachments: z.array(attachment),
  status: z.optional(messageStatus),
});
export type MessageResource = z.infer<typeof message>;

export const messagesAnswer = z.strictObject({ messages: z.array(message), has_more: z.boolean() });

/** The parameters that position a page of history; at most one of them may be given [C6]. */
export const PAGE_POSITIONS = ['before', 'after', 'around'] as const;
export const messagesQuery = z
  .strictObject({ before: position, after: position, around: position, limit })
  .check((ctx) => {
    const [, second] = PAGE_POSITIONS.filter((name) => ctx.value[name] !== undefined);
    if (second === undefined) return;
    const message = `must not stand beside another of ${PAGE_POSITIONS.join(', ')}`;
    ctx.issues.push({ code: 'custom', input: ctx.value, path: [second], message });
  });
