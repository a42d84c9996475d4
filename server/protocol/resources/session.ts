import * as z from 'zod/mini';
import { timestamp, uuid } from '../fields.ts';

export const session = z.strictObject({
  id: uuid,
  created_at: timestamp,
  last_activity: timestamp,
  ip_address: z.string(),
  user_agent: z.string(),
  connected: z.boolean(),
  current: z.boolean(),
});
export type SessionResource = z.infer<typeof session>;

export const sessionsAnswer = z.strictObject({ sessions: z.array(session) });
