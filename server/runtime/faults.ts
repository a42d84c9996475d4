import { ParleyError } from '../protocol/errors.ts';
import type { Fault } from './envelope.ts';

/** What the runtime itself answers. */
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
/** Nothing was handed to it, so that nothing can have taken it down. */
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

/** What may cross a thread of anything thrown. */
export const faultOf = (error: unknown): Fault =>
  error instanceof ParleyError
    ? {
        code: error.code,
        detail: error.message,
        ...(error.retryAfterS === undefined ? {} : { retryAfterS: error.retryAfterS }),
      }
    : CRASHED;
