import { SigningKeys } from '../../server/edge/auth/signing-keys.ts';
import { openTokens } from '../../server/edge/auth/tokens.ts';
import { systemClock, type Clock } from '../../server/runtime/clock.ts';
import { ChatClient, expectStatus, freshName, PASSWORD } from './chat-client.ts';
import type { Place } from './chat-client.ts';
import type { Scope } from './temp-dir.ts';

const DAY_MS = 86_400_000;

/** A token as the server with this secret would have issued it a day ago: genuine, and run out. */
const expiredToken = async (
  secret: string,
  who: { readonly userId: string; readonly username: string; readonly sessionId: string },
): Promise<string> => {
  const clock: Clock = { ...systemClock, now: () => systemClock.now() - DAY_MS };
  const tokens = openTokens({
    keys: new SigningKeys(Buffer.from(secret)),
    accessTtlS: 3600,
    clock,
    queries: { session: () => Promise.resolve(null) },
    sessionNow: null,
  });
  return (await tokens.issue(who)).token;
};

/** What somebody may hold who is let in nowhere; `undefined` stands for nothing at all. */
export const tokensOfNobody = async (
  scope: Scope,
  place: Place,
  secret: string,
): Promise<ReadonlyMap<string, string | undefined>> => {
  const [living, gone] = await Promise.all([
    ChatClient.register(scope, place, freshName('living')),
    ChatClient.register(scope, place, freshName('gone')),
  ]);
  const revoked = await ChatClient.login(scope, place, living.username);
  const out = await ChatClient.login(scope, place, living.username);
  const [sid, livingSid] = [sessionOf(revoked.accessToken), sessionOf(living.accessToken)];
  expectStatus(await living.http('DELETE', `/users/me/sessions/${sid}`), 204);
  expectStatus(await out.http('POST', '/auth/logout'), 204);
  expectStatus(await gone.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
  const who = { userId: living.id, username: living.username, sessionId: livingSid };
  return new Map([
    ['no token', undefined],
    ['an expired token', await expiredToken(secret, who)],
    ['a token of another key', await expiredToken('another key, long enough for HS256', who)],
    ['a deleted person’s token', gone.accessToken],
    ['a revoked session’s token', revoked.accessToken],
    ['a token after logout', out.accessToken],
    ['a refresh token', living.refreshToken],
  ]);
};

/** The session id that an access token names. */
export const sessionOf = (token: string): string => {
  const [, claims = ''] = token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { sid: string }).sid;
};
