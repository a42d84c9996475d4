import * as z from 'zod/mini';
import { conversation } from '../resources/conversation.ts';
import { serverSpec } from './frame-spec.ts';

export const serverConversation = serverSpec({
  payload: z.strictObject({ change: z.enum(['created', 'deleted']), conversation }),
  durable: { freshFrom: 'resource' },
  meaning: 'The user created or deleted a conversation, on this device or on another.',
  since: 1,
});
