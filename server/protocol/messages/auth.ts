import * as z from 'zod/mini';
import { timestamp } from '../fields.ts';
import { clientSpec, serverSpec } from './frame-spec.ts';

export const clientAuth = clientSpec({
  payload: z.strictObject({ token: z.string().check(z.maxLength(8192)) }),
  meaning: 'Renews the access token of this connection. Answered by `auth`.',
  answer: 'auth',
  budget: 'none',
  since: 1,
});

export const serverAuth = serverSpec({
  payload: z.strictObject({ expires_at: timestamp }),
  durable: false,
  meaning: 'The new access token was accepted.',
  since: 1,
});
