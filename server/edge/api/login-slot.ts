import { accountName } from '../../actors/account/messages.ts';
import { loginThrottle, type LoginAttempt } from '../../actors/login-throttle/messages.ts';
import type { ClientAddress } from '../auth/address.ts';
import type { EdgeDeps } from '../deps.ts';
import { limited } from './sign-in.ts';

const ENTER_TIMEOUT_MS = 10_000;

export const TOO_MANY_FAILURES = 'Too many wrong passwords from this address; try again later.';

/** Requests a slot for a password attempt before the account actor is asked. A queue at the login throttle of one
 *  address therefore does not delay logins from other addresses. Throws `too_many_requests`. The account actor that
 *  receives the attempt settles the slot. */
export const acquireLoginSlot = async (
  { ask }: EdgeDeps,
  client: ClientAddress,
  username: string,
): Promise<LoginAttempt> => {
  const { key } = client;
  const entry = await ask(loginThrottle(key), { type: 'enter' }, ENTER_TIMEOUT_MS);
  if (entry.kind === 'limited') throw limited(entry.retryAfterS, TOO_MANY_FAILURES);
  return { key, name: accountName(username), slot: entry.slot };
};
