import { account, foldName } from '../../actors/account-refs.ts';
import { edge } from '../../actors/refs.ts';
import { CLOSE, ParleyError } from '../../protocol/errors.ts';
import { loginBody, refreshBody, registerBody, signedInAnswer, tokensAnswer } from '../../protocol/http.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import { hashToken, isRefreshToken, successorOf } from '../refresh-tokens.ts';
import { TOO_MANY_FAILURES, acquireLoginSlot } from './login-slot.ts';
import { answer, done, openRoute, route } from './route.ts';
import { ACCOUNT_TIMEOUT_MS, draftSession, limited, ownUser, tokensFor, weak } from './sign-in.ts';

/** Names the field, so that a client can tell this from a server that takes nobody. [A8] */
const uninvited = (detail: string): ParleyError =>
  new ParleyError('forbidden', detail, { errors: [{ path: 'invite', message: detail }] });

const register = openRoute({
  method: 'POST',
  path: '/auth/register',
  audit: 'register',
  tag: 'accounts',
  summary: 'Create an account and log in',
  description:
    'Needs an invitation where the server asks for one. The name must never have been used before.',
  body: registerBody,
  answers: { 201: signedInAnswer },
  errors: ['forbidden', 'conflict', 'too_many_requests'],
  async handle({ services, body, client, userAgent }) {
    const { registration, signupsPerHour } = services.config;
    if (registration === 'closed') throw new ParleyError('forbidden', 'This server takes no new accounts.');
    if (registration === 'invite' && body.invite === undefined)
      throw uninvited('This server takes new accounts by invitation only.');
    const { session, refreshToken } = draftSession(services, client, userAgent);
    const outcome = await services.ask(
      account(body.username),
      {
        type: 'register',
        username: body.username,
        password: body.password,
        session,
        inviteHash: registration === 'invite' ? hashToken((body.invite ?? '').trim().toLowerCase()) : null,
        signups: signupsPerHour === 0 ? null : { key: client.key, perHour: signupsPerHour },
      },
      ACCOUNT_TIMEOUT_MS,
    );
    switch (outcome.kind) {
      case 'weak':
        throw weak('password', outcome.reason);
      case 'taken':
        throw new ParleyError('conflict', 'This username is taken.');
      case 'invite-invalid':
        throw uninvited('This invitation is not valid, or was used already.');
      case 'limited':
        throw limited(outcome.retryAfterS, 'Too many new accounts from this address; try again later.');
      case 'registered': {
        const { userId } = outcome;
        services.log.info({ userId, sessionId: session.id, address: client.address }, 'auth.register');
        const username = foldName(body.username);
        const tokens = await tokensFor(services, { userId, username, sessionId: session.id }, refreshToken);
        const created_at = rfc3339(outcome.createdAt);
        const user = { id: userId, username, created_at, status: 'offline', last_seen: null } as const;
        return answer(201, { user, ...tokens });
      }
    }
  },
});

const login = openRoute({
  method: 'POST',
  path: '/auth/login',
  audit: 'login',
  tag: 'sessions',
  summary: 'Log in',
  description:
    'Opens a session. A wrong password counts as a failed login of the address; after too many every login from there is refused for a while.',
  body: loginBody,
  answers: { 200: signedInAnswer },
  errors: ['unauthorized', 'too_many_requests'],
  async handle({ services, body, client, userAgent }) {
    const { username, password } = body;
    const attempt = await acquireLoginSlot(services, client, username);
    const { session, refreshToken } = draftSession(services, client, userAgent);
    const outcome = await services.ask(
      account(username),
      { type: 'login', username, password, session, attempt },
      ACCOUNT_TIMEOUT_MS,
    );
    switch (outcome.kind) {
      case 'wrong':
        throw new ParleyError('unauthorized', 'The username or the password is wrong.');
      case 'limited':
        throw limited(outcome.retryAfterS, TOO_MANY_FAILURES);
      case 'opened': {
        const { userId } = outcome;
        services.log.info({ userId, sessionId: session.id, address: client.address }, 'auth.login');
        const user = await ownUser(services, userId);
        const who = { userId: user.id, username: user.username, sessionId: session.id };
        return answer(200, { user, ...(await tokensFor(services, who, refreshToken)) });
      }
    }
  },
});

const refresh = openRoute({
  method: 'POST',
  path: '/auth/refresh',
  audit: 'refresh',
  tag: 'sessions',
  summary: 'Get new tokens',
  description:
    'A refresh token works once. Used again it gets the same successor for a short time, as long as that has not been used; after that the session ends.',
  body: refreshBody,
  answers: { 200: tokensAnswer },
  errors: ['unauthorized'],
  async handle({ services, body: { refresh_token: old }, client }) {
    const refused = new ParleyError('unauthorized', 'This refresh token is not valid.');
    if (!isRefreshToken(old)) throw refused;
    const successor = successorOf(old, services.secrets.refresh);
    const outcome = await services.write('rotateRefresh', {
      hash: hashToken(old),
      successorHash: hashToken(successor),
      ttlMs: services.config.refreshTtlS * 1000,
    });
    switch (outcome.kind) {
      case 'unknown':
        throw refused;
      case 'reused': {
        // Somebody holds a copy of this token: whoever it is, the session is over for both.
        const { userId, sessionId } = outcome;
        const reason = 'refresh token reused';
        services.log.warn({ userId, sessionId, address: client.address }, reason);
        services.tell(edge, {
          type: 'revoke',
          userId,
          sessionIds: [sessionId],
          code: CLOSE.sessionRevoked,
          reason,
        });
        throw refused;
      }
      case 'rotated':
      case 'repeated':
        services.log.info(
          { userId: outcome.userId, sessionId: outcome.sessionId, address: client.address },
          'auth.refresh',
        );
        return answer(200, await tokensFor(services, outcome, successor));
    }
  },
});

const logout = route({
  method: 'POST',
  path: '/auth/logout',
  audit: 'logout',
  tag: 'sessions',
  summary: 'Log out',
  description: 'Ends the session of the access token and closes its connections.',
  answers: { 204: null },
  async handle({ services, who: { userId, sessionId } }) {
    await services.write('endSession', { userId, sessionId });
    const reason = 'logged out';
    services.tell(edge, {
      type: 'revoke',
      userId,
      sessionIds: [sessionId],
      code: CLOSE.sessionRevoked,
      reason,
    });
    return done;
  },
});

export const authRoutes = [register, login, refresh, logout];
