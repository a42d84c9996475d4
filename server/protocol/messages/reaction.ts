import * as z from 'zod/mini';
import { emoji } from '../emoji.ts';
import { seq, timestamp, uuid } from '../fields.ts';
import { clientSpec, serverSpec } from './frame-spec.ts';

export const clientReaction = clientSpec({
  payload: z.strictObject({ message_id: uuid, emoji: z.nullable(emoji) }),
  meaning:
    'Reacts to a message with one emoji, which replaces an earlier one of the same user; null takes it back. Answered by `ack` with status `reacted`, or by `error`.',
  answer: 'ack',
  budget: 'send',
  since: 3,
});

export const serverReaction = serverSpec({
  payload: z.strictObject({
    message_id: uuid,
    conversation_id: uuid,
    seq,
    user_id: uuid,
    emoji: z.nullable(emoji),
    at: timestamp,
  }),
  durable: { freshFrom: 'resource' },
  meaning: 'A user reacted to a message of the conversation, or took the reaction back.',
  since: 3,
});
