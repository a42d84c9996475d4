import * as z from 'zod/mini';
import { timestamp, uuid } from '../fields.ts';
import { clientSpec, serverSpec } from './frame-spec.ts';

export const clientPresence = clientSpec({
  payload: z.strictObject({ status: z.enum(['online', 'offline']) }),
  meaning: 'Makes this connection visible or invisible to others.',
  answer: null,
  budget: 'signal',
  since: 1,
});

export const serverPresence = serverSpec({
  payload: z.strictObject({
    user_id: uuid,
    status: z.nullable(z.enum(['online', 'offline'])),
    last_seen: z.nullable(timestamp),
  }),
  durable: false,
  meaning:
    'Another user came online or went offline, or their presence can no longer be seen, or can be seen again.',
  since: 1,
});
