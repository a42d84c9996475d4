import * as z from 'zod/mini';
import { count } from '../fields.ts';
import { clientSpec, serverSpec } from './frame-spec.ts';

/** One catch-up runs at a time and a later request replaces one that waits, so it needs no budget [O8]. */
export const clientSync = clientSpec({
  payload: z.strictObject({ cursor: count }),
  meaning: 'Asks for all events after a cursor again. Ends with `sync`.',
  answer: 'sync',
  budget: 'none',
  since: 1,
});

export const serverSync = serverSpec({
  payload: z.strictObject({ cursor: count, complete: z.literal(true) }),
  durable: false,
  meaning: 'The client has everything up to this cursor.',
  since: 1,
});
