import * as z from 'zod/mini';
import { deletedUser } from '../resources/user.ts';
import { serverSpec } from './frame-spec.ts';

export const serverUser = serverSpec({
  payload: z.strictObject({ change: z.literal('deleted'), user: deletedUser }),
  durable: { freshFrom: 'resource' },
  meaning: 'A user with whom a conversation is shared has deleted their account.',
  since: 1,
});
