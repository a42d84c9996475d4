import * as z from 'zod/mini';
import { emoji } from '../emoji.ts';
import { seq, timestamp, uuid } from '../fields.ts';
import { messageStatus } from '../resources/message.ts';
import { rfc3339 } from '../rfc3339.ts';
import { clientSpec, serverSpec } from './frame-spec.ts';

/** Cumulative, so a client sends one for many messages, and the receipt coalescer merges what arrives: no budget [R1] [R2]. */
export const clientAck = clientSpec({
  payload: z.strictObject({ message_id: uuid, status: z.enum(['delivered', 'read']) }),
  meaning: 'Says that all messages up to this one were delivered or read. Has no answer.',
  answer: null,
  budget: 'none',
  since: 1,
});

export const serverAck = serverSpec({
  payload: z.strictObject({
    message_id: uuid,
    conversation_id: uuid,
    seq,
    status: z.enum([...messageStatus.options, 'reacted']),
    sent_at: z.optional(timestamp),
    emoji: z.optional(z.nullable(emoji)),
    at: timestamp,
  }),
  durable: { freshFrom: 'resource' },
  meaning:
    'A message was stored (`sent`), received (`delivered`) or read (`read`), or a reaction to it was stored (`reacted`).',
  since: 1,
});

/** A reaction that was just stored, or that says nothing new [M6]. `at`: milliseconds since the epoch. */
export const encodeReactedAck = (
  ack: {
    messageId: string;
    conversationId: string;
    seq: number;
    emoji: string | null;
    at: number;
    cursor: number;
  },
  id: string,
): string => {
  const at = rfc3339(ack.at);
  return (
    `{"id":"${id}","type":"ack","timestamp":"${at}","payload":{"message_id":"${ack.messageId}",` +
    `"conversation_id":"${ack.conversationId}","seq":${String(ack.seq)},"status":"reacted",` +
    `"emoji":${JSON.stringify(ack.emoji)},"at":"${at}"},"cursor":${String(ack.cursor)}}`
  );
};

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
