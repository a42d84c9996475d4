import { account, type Limited } from '../../actors/account/messages.ts';
import type { Identity } from '../../actors/services/tokens.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { deleteBody, passwordBody } from '../../protocol/resources/account.ts';
import { idParams } from '../../protocol/resources/query.ts';
import { sessionsAnswer, type SessionResource } from '../../protocol/resources/session.ts';
import { ownAccount } from '../../protocol/resources/user.ts';
import type { EdgeDeps } from '../deps.ts';
import { TOO_MANY_FAILURES, acquireLoginSlot } from './login-slot.ts';
import { answer, done, route } from './route.ts';
import { ACCOUNT_TIMEOUT_MS, limited, ownUser, revokeSession, weak } from './sign-in.ts';

const refusedPassword = (outcome: { readonly kind: 'wrong' } | Limited): ParleyError =>
  outcome.kind === 'wrong'
    ? new ParleyError('forbidden', 'The password is wrong.')
    : limited(outcome.retryAfterS, TOO_MANY_FAILURES);

const me = route({
  method: 'GET',
  path: '/users/me',
  tag: 'accounts',
  summary: 'Get the user’s account',
  description: 'Returns the user to whom the access token belongs, with their role.',
  answers: { 200: ownAccount },
  async handle({ deps, who }) {
    return answer(200, { ...(await ownUser(deps, who.userId)), role: who.role });
  },
});

const password = route({
  method: 'POST',
  path: '/users/me/password',
  audit: 'password',
  tag: 'accounts',
  summary: 'Change the password',
  description:
    'Changes the password and ends all other sessions. A wrong current password counts as a failed login.',
  body: passwordBody,
  answers: { 204: null },
  errors: ['forbidden', 'too_many_requests'],
  async handle({ deps, who, body, client }) {
    const attempt = await acquireLoginSlot(deps, client, who.username);
    const outcome = await deps.ask(
      account(who.username),
      {
        type: 'changePassword',
        userId: who.userId,
        currentPassword: body.current_password,
        newPassword: body.new_password,
        keepSessionId: who.sessionId,
        attempt,
      },
      ACCOUNT_TIMEOUT_MS,
    );
    switch (outcome.kind) {
      case 'wrong':
      case 'limited':
        throw refusedPassword(outcome);
      case 'weak':
        throw weak('new_password', outcome.reason);
      case 'changed':
        return done;
    }
  },
});

const remove = route({
  method: 'DELETE',
  path: '/users/me',
  audit: 'delete-account',
  tag: 'accounts',
  summary: 'Delete the account',
  description:
    'Deletes the account for good. Its name is replaced by `Deleted User` for everybody immediately. Other users keep the messages they received.',
  body: deleteBody,
  answers: { 204: null },
  errors: ['forbidden', 'too_many_requests'],
  async handle({ deps, who, body, client }) {
    const attempt = await acquireLoginSlot(deps, client, who.username);
    const outcome = await deps.ask(
      account(who.username),
      { type: 'deleteAccount', userId: who.userId, password: body.password, attempt },
      ACCOUNT_TIMEOUT_MS,
    );
    switch (outcome.kind) {
      case 'wrong':
      case 'limited':
        throw refusedPassword(outcome);
      case 'deleted':
        return done;
    }
  },
});

/** With those that have a connection now. */
export const ownSessions = async (
  deps: EdgeDeps,
  { userId, sessionId }: Pick<Identity, 'userId' | 'sessionId'>,
): Promise<SessionResource[]> => {
  const stored = await deps.read('sessions', userId, sessionId);
  const connected = deps.connectedSessions(userId);
  // Other hosts may have connections too.
  const isShared = deps.config.database !== null;
  return stored.map((each) => ({
    ...each,
    connected: connected.has(each.id) || (isShared && each.connected),
  }));
};

const sessions = route({
  method: 'GET',
  path: '/users/me/sessions',
  tag: 'sessions',
  summary: 'List sessions',
  description: 'Returns all sessions of the user, one for each login.',
  answers: { 200: sessionsAnswer },
  async handle({ deps, who }) {
    return answer(200, { sessions: await ownSessions(deps, who) });
  },
});

const endSession = route({
  method: 'DELETE',
  path: '/users/me/sessions/:id',
  audit: 'end-session',
  tag: 'sessions',
  summary: 'End a session',
  description: 'Ends one of the user’s sessions and closes its connections.',
  params: idParams,
  answers: { 204: null },
  errors: ['not_found'],
  async handle({ deps, who: { userId }, params: { id: sessionId } }) {
    const ended = await deps.write('endSession', { userId, sessionId });
    if (ended.kind === 'not-found') throw new ParleyError('not_found', 'There is no such session.');
    revokeSession(deps, userId, sessionId, 'session revoked');
    return done;
  },
});

export const meRoutes = [me, password, remove, sessions, endSession];
