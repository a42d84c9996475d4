import type { Fault } from '../../runtime/envelope.ts';
import { DAMAGED, INTERNAL, UNAVAILABLE, type WriteOutcome } from '../outcome.ts';
import { DatabaseError, isDamage, isOutside } from './database-error.ts';

/** What became of a write whose transaction has thrown this. */
export const failedOutcome = (error: unknown): Extract<WriteOutcome, { ok: false }> => ({
  ok: false,
  fault: faultOf(error),
  ...(error instanceof DatabaseError && error.kind === 'unknown-outcome' && { unsure: true }),
});

const faultOf = (error: unknown): Fault => {
  if (isDamage(error)) return DAMAGED;
  return isOutside(error) ? UNAVAILABLE : INTERNAL;
};
