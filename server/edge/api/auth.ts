import type { Config } from '../../config/config.ts';
import { account, foldName } from '../../actors/account/messages.ts';
import { ParleyError } from '../../protocol/errors.ts';
import {
  loginBody,
  refreshBody,
  registerBody,
  resetBody,
  signedInAnswer,
  tokensAnswer,
} from '../../protocol/resources/account.ts';
import { rfc3339 } from '../../protocol/rfc3339.ts';
import type { InviteRule } from '../../storage/writes.ts';
import { hashToken, hashTypedCode, isRefreshToken, successorOf } from '../auth/refresh-tokens.ts';
import { TOO_MANY_FAILURES, acquireLoginSlot } from './login-slot.ts';
import { answer, done, openRoute, route } from './route.ts';
import {
  ACCOUNT_TIMEOUT_MS,
  draftSession,
  limited,
  revokeSession,
  signedIn,
  tokensFor,
  weak,
} from './sign-in.ts';

/** Names the field `invite`, so that a client can tell a missing invitation from a server that accepts no
 *  registrations. [A8] */
const uninvited = (detail: string): ParleyError =>
  new ParleyError('forbidden', detail, { errors: [{ path: 'invite', message: detail }] });

const closed = (): ParleyError => new ParleyError('forbidden', 'This server takes no new accounts.');

/** The first-admin link is good whatever the server asks of others [A11]. */
const INVITE_RULES: Readonly<Record<Config['registration'], InviteRule>> = {
  open: 'optional',
  invite: 'required',
  closed: 'first-admin',
};

/** Of a new user. */
const NO_PROFILE = { display_name: null, about: null, avatar: null } as const;

const register = openRoute({
  method: 'POST',
  path: '/auth/register',
  audit: 'register',
  tag: 'accounts',
  summary: 'Create an account and log in',
  description:
    'Creates an account and opens a session. If the server requires an invitation, `invite` must hold a valid code. The name must never have been used before.',
  body: registerBody,
  answers: { 201: signedInAnswer },
  errors: ['forbidden', 'conflict', 'too_many_requests'],
  async handle({ deps, body, client, userAgent }) {
    const { registration, signupsPerHour } = deps.config;
    if (registration === 'closed' && body.invite === undefined) throw closed();
    if (registration === 'invite' && body.invite === undefined)
      throw uninvited('This server takes new accounts by invitation only.');
    const { session, refreshToken } = draftSession(deps, client, userAgent);
    const outcome = await deps.ask(
      account(body.username),
      {
        type: 'register',
        username: body.username,
        password: body.password,
        session,
        inviteHash: body.invite === undefined ? null : hashTypedCode(body.invite),
        inviteRule: INVITE_RULES[registration],
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
        if (registration === 'closed') throw closed();
        throw uninvited('This invitation is not valid, or no longer valid.');
      case 'limited':
        throw limited(outcome.retryAfterS, 'Too many new accounts from this address; try again later.');
      case 'registered': {
        const { userId, role } = outcome;
        deps.log.info({ userId, role, sessionId: session.id, address: client.address }, 'auth.register');
        const username = foldName(body.username);
        const tokens = await tokensFor(deps, { userId, username, sessionId: session.id }, refreshToken);
        const created_at = rfc3339(outcome.createdAt);
        const user = { id: userId, username, created_at, status: 'offline', last_seen: null } as const;
        return answer(201, { user: { ...user, ...NO_PROFILE }, ...tokens });
      }
    }
  },
});

const DISABLED = 'This account has been disabled. Ask whoever runs this server.';

/** Names the field, so that a client can tell this from other refusals. [A9] */
const disabled = (path: 'username' | 'code'): ParleyError =>
  new ParleyError('forbidden', DISABLED, { errors: [{ path, message: DISABLED }] });

const login = openRoute({
  method: 'POST',
  path: '/auth/login',
  audit: 'login',
  tag: 'sessions',
  summary: 'Log in',
  description:
    'Opens a session. A wrong password counts as a failed login of the client’s address. After too many failures, all logins from that address are refused for a while. A disabled user is refused with `forbidden`.',
  body: loginBody,
  answers: { 200: signedInAnswer },
  errors: ['unauthorized', 'forbidden', 'too_many_requests'],
  async handle({ deps, body, client, userAgent }) {
    const { username, password } = body;
    const attempt = await acquireLoginSlot(deps, client, username);
    const { session, refreshToken } = draftSession(deps, client, userAgent);
    const outcome = await deps.ask(
      account(username),
      { type: 'login', username, password, session, attempt },
      ACCOUNT_TIMEOUT_MS,
    );
    switch (outcome.kind) {
      case 'wrong':
        throw new ParleyError('unauthorized', 'The username or the password is wrong.');
      case 'limited':
        throw limited(outcome.retryAfterS, TOO_MANY_FAILURES);
      case 'disabled':
        throw disabled('username');
      case 'opened': {
        const { userId } = outcome;
        deps.log.info({ userId, sessionId: session.id, address: client.address }, 'auth.login');
        return answer(200, await signedIn(deps, userId, session.id, refreshToken));
      }
    }
  },
});

const reset = openRoute({
  method: 'POST',
  path: '/auth/reset',
  audit: 'reset',
  tag: 'accounts',
  summary: 'Choose a new password with a one-time code',
  description:
    'Sets the password, ends all sessions of the user and opens a new one. The code comes from the operator and works once. A password that is refused does not use it up. A code that is not valid counts as a failed login of the address.',
  body: resetBody,
  answers: { 200: signedInAnswer },
  errors: ['unauthorized', 'forbidden', 'too_many_requests'],
  async handle({ deps, body, client, userAgent }) {
    const codeHash = hashTypedCode(body.code);
    // The account of the user whose code this is; all others go to the one that serves invented names.
    const username = (await deps.queries.passwordReset(codeHash))?.username ?? '';
    const attempt = await acquireLoginSlot(deps, client, username);
    const { session, refreshToken } = draftSession(deps, client, userAgent);
    const outcome = await deps.ask(
      account(username),
      { type: 'resetPassword', codeHash, newPassword: body.new_password, session, attempt },
      ACCOUNT_TIMEOUT_MS,
    );
    switch (outcome.kind) {
      case 'wrong':
        throw new ParleyError('unauthorized', 'This code is not valid, or no longer valid.');
      case 'limited':
        throw limited(outcome.retryAfterS, TOO_MANY_FAILURES);
      case 'weak':
        throw weak('new_password', outcome.reason);
      case 'disabled':
        throw disabled('code');
      case 'reset':
        deps.log.info(
          { userId: outcome.userId, sessionId: session.id, address: client.address },
          'auth.reset',
        );
        return answer(200, await signedIn(deps, outcome.userId, session.id, refreshToken));
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
    'Exchanges a refresh token for new tokens. As long as the new refresh token was not used, the old one may be sent again and gets the same answer apart from the access token. Once the new one was used, using the old one ends the session.',
  body: refreshBody,
  answers: { 200: tokensAnswer },
  errors: ['unauthorized'],
  async handle({ deps, body: { refresh_token: old }, client }) {
    const refused = new ParleyError('unauthorized', 'This refresh token is not valid.');
    if (!isRefreshToken(old)) throw refused;
    const successor = successorOf(old, deps.secrets.refresh);
    const outcome = await deps.write('rotateRefresh', {
      hash: hashToken(old),
      successorHash: hashToken(successor),
      ttlMs: deps.config.refreshTtlS * 1000,
    });
    switch (outcome.kind) {
      case 'unknown':
        throw refused;
      case 'reused': {
        // Two parties hold this token. The server cannot tell which of them is the owner, so the session ends for
        // both [S4].
        const { userId, sessionId } = outcome;
        const reason = 'refresh token reused';
        deps.log.warn({ userId, sessionId, address: client.address }, reason);
        revokeSession(deps, userId, sessionId, reason);
        throw refused;
      }
      case 'rotated':
      case 'repeated':
        deps.log.info(
          { userId: outcome.userId, sessionId: outcome.sessionId, address: client.address },
          'auth.refresh',
        );
        return answer(200, await tokensFor(deps, outcome, successor));
    }
  },
});

const logout = route({
  method: 'POST',
  path: '/auth/logout',
  audit: 'logout',
  tag: 'sessions',
  summary: 'Log out',
  description: 'Ends the session to which the access token belongs, and closes its connections.',
  answers: { 204: null },
  async handle({ deps, who: { userId, sessionId } }) {
    await deps.write('endSession', { userId, sessionId });
    revokeSession(deps, userId, sessionId, 'logged out');
    return done;
  },
});

export const authRoutes = [register, login, reset, refresh, logout];
