import { ParleyError } from '../../protocol/errors.ts';

export const noRoomHere = (cause?: unknown): ParleyError =>
  new ParleyError('insufficient_storage', 'The server has no room for this file.', { cause });

export const cannotStore = (cause: unknown): ParleyError =>
  new ParleyError('unavailable', 'The server cannot store a file now. Try again shortly.', {
    retryAfterS: 1,
    cause,
  });
