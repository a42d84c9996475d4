import { ParleyError } from '../../protocol/errors.ts';
import type { Tokens } from '../../protocol/http.ts';
import { livingUser } from '../../protocol/resources.ts';
import type { NewSession } from '../../storage/store.ts';
import type { ClientAddress } from '../address.ts';
import { hashToken, makeRefreshToken } from '../refresh-tokens.ts';
import type { Services } from '../services.ts';

/** Deadline of a question that may stand behind other people's password hashes. */
export const ACCOUNT_TIMEOUT_MS = 30_000;

/** A session about to be opened, and the refresh token that only its owner will see. */
export const draftSession = (
  { config, ids }: Services,
  client: ClientAddress,
  userAgent: string,
): { session: NewSession; refreshToken: string } => {
  const refreshToken = makeRefreshToken(ids);
  const session = {
    id: ids.next(),
    refreshHash: hashToken(refreshToken),
    ttlMs: config.refreshTtlS * 1000,
    ipAddress: client.address,
    userAgent,
  };
  return { session, refreshToken };
};

export const tokensFor = async (
  services: Services,
  who: { userId: string; username: string; sessionId: string },
  refreshToken: string,
): Promise<Tokens> => {
  const { token, expiresIn } = await services.tokens.issue(who);
  return { access_token: token, refresh_token: refreshToken, token_type: 'Bearer', expires_in: expiresIn };
};

/** The person themselves. `unauthorized` when the account went away meanwhile. */
export const ownUser = async (services: Services, userId: string) => {
  const user = livingUser.safeParse(await services.read('me', userId));
  if (!user.success) throw new ParleyError('unauthorized', 'This account is gone.');
  return user.data;
};

export const limited = (retryAfterS: number, detail: string): ParleyError =>
  new ParleyError('too_many_requests', detail, { retryAfterS });

export const weak = (path: string, reason: string): ParleyError =>
  new ParleyError('bad_request', 'The body is not valid.', { errors: [{ path, message: reason }] });
