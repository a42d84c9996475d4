import * as z from 'zod/mini';
import { uuid } from '../fields.ts';
import { clientSpec, serverSpec } from './frame-spec.ts';

export const clientTyping = clientSpec({
  payload: z.strictObject({ conversation_id: uuid, typing: z.boolean() }),
  meaning: 'Says that the user is typing, or has stopped. Not stored.',
  answer: null,
  budget: 'signal',
  since: 1,
});

export const serverTyping = serverSpec({
  payload: z.strictObject({ conversation_id: uuid, user_id: uuid, typing: z.boolean() }),
  durable: false,
  meaning: 'The other user of a conversation is typing, or has stopped.',
  since: 1,
});
