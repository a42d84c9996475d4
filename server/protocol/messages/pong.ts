import * as z from 'zod/mini';
import { clientSpec, serverSpec } from './frame-spec.ts';

export const clientPong = clientSpec({
  payload: z.strictObject({}),
  meaning: 'Answers a `ping`.',
  answer: null,
  budget: 'none',
  since: 1,
});

export const serverPong = serverSpec({
  payload: z.strictObject({}),
  durable: false,
  meaning: 'Answers a `ping`.',
  since: 1,
});
