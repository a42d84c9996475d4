import * as z from 'zod/mini';
import { count, timestamp, uuid } from '../fields.ts';
import { serverSpec } from './frame-spec.ts';

/** The first frame. Its fields never change their meaning, because a client of any version must be able to read `min_version`. */
export const serverWelcome = serverSpec({
  payload: z.strictObject({
    session_id: uuid,
    user_id: uuid,
    server_time: timestamp,
    heartbeat_s: z.number(),
    cursor: count,
    history: uuid,
    reset: z.boolean(),
    min_version: z.int().check(z.minimum(1)),
  }),
  durable: false,
  meaning: 'The first frame on every connection.',
  since: 1,
});
