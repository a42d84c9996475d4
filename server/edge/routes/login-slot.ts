import { accountName } from '../../actors/account-refs.ts';
import { loginThrottle, type Attempt } from '../../actors/login-throttle-messages.ts';
import type { ClientAddress } from '../address.ts';
import type { Services } from '../services.ts';
import { limited } from './sign-in.ts';

const ENTER_TIMEOUT_MS = 10_000;

export const TOO_MANY_FAILURES = 'Too many wrong passwords from this address; try again later.';

/** Leave to try a password, asked for before the account is: a queue at one address's throttle never stands in the way of
 *  somebody else's login. Throws `too_many_requests`. Whoever is given the attempt settles it. */
export const acquireLoginSlot = async (
  { ask }: Services,
  client: ClientAddress,
  username: string,
): Promise<Attempt> => {
  const { key } = client;
  const entry = await ask(loginThrottle(key), { type: 'enter' }, ENTER_TIMEOUT_MS);
  if (entry.kind === 'limited') throw limited(entry.retryAfterS, TOO_MANY_FAILURES);
  return { key, name: accountName(username), slot: entry.slot };
};
