import * as z from 'zod/mini';
import { user } from '../resources/user.ts';
import { serverSpec } from './frame-spec.ts';

export const serverUser = serverSpec({
  payload: z.strictObject({ change: z.enum(['deleted', 'updated', 'blocked', 'unblocked']), user }),
  durable: { freshFrom: 'resource' },
  meaning:
    'A user with whom a conversation is shared has deleted their account, or has changed their profile, as the user themself may have done on another device; or the user has blocked or unblocked somebody.',
  since: 1,
});
