import { INTERNAL, UNAVAILABLE, type WriteOutcome } from '../outcome.ts';
import { DatabaseError, isOutside } from './database-error.ts';

/** What became of a write whose transaction has thrown this. */
export const failedOutcome = (error: unknown): Extract<WriteOutcome, { ok: false }> => ({
  ok: false,
  fault: isOutside(error) ? UNAVAILABLE : INTERNAL,
  ...(error instanceof DatabaseError && error.kind === 'unknown-outcome' && { unsure: true }),
});
