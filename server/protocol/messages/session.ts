import * as z from 'zod/mini';
import { serverSpec } from './frame-spec.ts';

export const serverSession = serverSpec({
  payload: z.strictObject({ change: z.literal('revoked'), reason: z.string() }),
  durable: false,
  meaning: 'The session has ended; the connection is about to close.',
  since: 1,
});
