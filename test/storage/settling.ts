import type { Ids } from '../../server/runtime/ids.ts';
import type { Writes } from '../../server/storage/writes.ts';

export const LOGIN_WINDOW_MS = 900_000;

/** How an attempt ends whose slot is not there any more. */
export const settling = (
  ids: Ids,
  key: string,
  username: string,
  outcome: 'right' | 'wrong' | 'void',
  windowMs = LOGIN_WINDOW_MS,
): Writes['settleLogin']['in'] => ({ key, slot: ids.next(), username, outcome, windowMs });
