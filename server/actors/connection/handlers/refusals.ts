import type { Fault } from '../../../runtime/envelope.ts';

/** Why nothing is stored now, whatever it is. */
export const NOT_CURRENT: Fault = {
  code: 'unavailable',
  detail: 'This server has been away and is comparing with the others; try again.',
};
export const TOO_FAST: Fault = {
  code: 'too_many_requests',
  detail: 'You are sending too fast; try again in a moment.',
};
