import { ParleyError } from '../protocol/errors.ts';
import type { Fault } from './envelope.ts';

/** Faults that the runtime itself answers with. */
export const TIMED_OUT: Fault = {
  code: 'unavailable',
  detail: 'No answer in time; try again.',
  retryAfterS: 1,
};
export const THREAD_GONE: Fault = {
  code: 'unavailable',
  detail: 'A part of the server restarts; try again.',
  retryAfterS: 1,
};
/** The thread was already gone, so it received nothing, and this message cannot have ended it. */
export const THREAD_AWAY: Fault = {
  code: 'unavailable',
  detail: 'A part of the server is starting; try again.',
  retryAfterS: 1,
};
export const FULL: Fault = {
  code: 'unavailable',
  detail: 'Too much is waiting here; try again.',
  retryAfterS: 1,
};
export const CRASHED: Fault = { code: 'internal', detail: 'Something went wrong here.' };

export const errorOf = (fault: Fault): ParleyError =>
  new ParleyError(
    fault.code,
    fault.detail,
    fault.retryAfterS === undefined ? {} : { retryAfterS: fault.retryAfterS },
  );

/** The part of a thrown value that may cross threads. */
export const faultOf = (error: unknown): Fault =>
  error instanceof ParleyError
    ? {
        code: error.code,
        detail: error.message,
        ...(error.retryAfterS === undefined ? {} : { retryAfterS: error.retryAfterS }),
      }
    : CRASHED;
