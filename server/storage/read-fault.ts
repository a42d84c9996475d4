import { ParleyError } from '../protocol/errors.ts';

/** The store cannot be read now, and may be later. */
export const cannotRead = (cause: unknown): ParleyError => {
  const detail = 'The server cannot read its store now. Try again shortly.';
  return new ParleyError('unavailable', detail, { retryAfterS: 1, cause });
};

/** What is asked for is stored, but unreadable. */
export const damagedHere = (cause: unknown): ParleyError => {
  const detail =
    'What is stored here is damaged in one place and cannot be read. The operator has been told.';
  return new ParleyError('internal', detail, { cause });
};
