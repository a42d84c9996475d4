import * as z from 'zod/mini';
import { clientSpec, serverSpec } from './frame-spec.ts';

export const clientPing = clientSpec({
  payload: z.strictObject({}),
  meaning: 'Asks for a `pong`.',
  answer: 'pong',
  budget: 'none',
  since: 1,
});

export const serverPing = serverSpec({
  payload: z.strictObject({}),
  durable: false,
  meaning: 'Answer with `pong`; without any frame for one heartbeat the connection is closed with 4408.',
  since: 1,
});
