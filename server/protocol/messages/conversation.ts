import * as z from 'zod/mini';
import { conversation } from '../resources/conversation.ts';
import { serverSpec } from './frame-spec.ts';

export const serverConversation = serverSpec({
  payload: z.strictObject({ change: z.enum(['created', 'deleted', 'updated']), conversation }),
  durable: { freshFrom: 'resource' },
  meaning:
    'The user created or deleted a conversation or changed its settings, on this device or on another, or a message took it out of the archive.',
  since: 1,
});
