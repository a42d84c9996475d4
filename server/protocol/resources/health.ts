import * as z from 'zod/mini';

export const healthAnswer = z.strictObject({
  status: z.enum(['ok', 'unavailable']),
  checks: z.record(z.string(), z.string()),
});
/** The answer of `/healthz`, with the version of the program [X2]. */
export const livenessAnswer = z.extend(healthAnswer, { version: z.string() });
