import * as z from 'zod/mini';
import { ERROR_CODES } from '../errors.ts';
import { count } from '../fields.ts';

export const errorCode = z.enum(
  ERROR_CODES as [(typeof ERROR_CODES)[number], ...(typeof ERROR_CODES)[number][]],
);

/** The body of every HTTP answer that refuses (RFC 9457). */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: errorCode,
  detail: z.string(),
  errors: z.optional(z.array(z.strictObject({ path: z.string(), message: z.string() }))),
  received: z.optional(count),
});
export type Problem = z.infer<typeof problem>;
