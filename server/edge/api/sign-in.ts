import { edge } from '../../actors/services/edge.ts';
import { CLOSE } from '../../protocol/close-codes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { SignedIn, TokenPair } from '../../protocol/resources/account.ts';
import { livingUser } from '../../protocol/resources/user.ts';
import type { NewSession } from '../../storage/writes.ts';
import type { ClientAddress } from '../auth/address.ts';
import { hashToken, makeRefreshToken } from '../auth/refresh-tokens.ts';
import type { EdgeDeps } from '../deps.ts';

/** The timeout of a request that may have to wait for the password hashes of other users. */
export const ACCOUNT_TIMEOUT_MS = 30_000;

/** Creates a session record and its refresh token. Nothing is stored yet. */
export const draftSession = (
  { config, ids }: EdgeDeps,
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
  deps: EdgeDeps,
  who: { userId: string; username: string; sessionId: string },
  refreshToken: string,
): Promise<TokenPair> => {
  const { token, expiresIn } = await deps.tokens.issue(who);
  return { access_token: token, refresh_token: refreshToken, token_type: 'Bearer', expires_in: expiresIn };
};

/** Returns the signed-in user. Throws `unauthorized` if the account was deleted meanwhile. */
export const ownUser = async (deps: EdgeDeps, userId: string) => {
  const user = livingUser.safeParse(await deps.read('me', userId));
  if (!user.success) throw new ParleyError('unauthorized', 'This account is gone.');
  return user.data;
};

/** The answer to whoever has just opened a session. */
export const signedIn = async (
  deps: EdgeDeps,
  userId: string,
  sessionId: string,
  refreshToken: string,
): Promise<SignedIn> => {
  const user = await ownUser(deps, userId);
  const who = { userId: user.id, username: user.username, sessionId };
  return { user, ...(await tokensFor(deps, who, refreshToken)) };
};

export const limited = (retryAfterS: number, detail: string): ParleyError =>
  new ParleyError('too_many_requests', detail, { retryAfterS });

export const weak = (path: string, reason: string): ParleyError =>
  new ParleyError('bad_request', 'The body is not valid.', { errors: [{ path, message: reason }] });

/** Closes the connections of a session that has ended. */
export const revokeSession = (
  { tell }: Pick<EdgeDeps, 'tell'>,
  userId: string,
  sessionId: string,
  reason: string,
): void => {
  tell(edge, { type: 'revoke', userId, sessionIds: [sessionId], code: CLOSE.sessionRevoked, reason });
};
