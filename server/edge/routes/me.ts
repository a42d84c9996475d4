import { account } from '../../actors/account-refs.ts';
import { edge } from '../../actors/refs.ts';
import { CLOSE, ParleyError } from '../../protocol/errors.ts';
import { deleteBody, idParams, passwordBody, sessionsAnswer } from '../../protocol/http.ts';
import { livingUser } from '../../protocol/resources.ts';
import { TOO_MANY_FAILURES, acquireLoginSlot } from './login-slot.ts';
import { answer, done, route } from './route.ts';
import { ACCOUNT_TIMEOUT_MS, limited, ownUser, weak } from './sign-in.ts';

const wrongPassword = (): ParleyError => new ParleyError('forbidden', 'The password is wrong.');

const me = route({
  method: 'GET',
  path: '/users/me',
  tag: 'accounts',
  summary: 'Get the own account',
  description: 'The user of the access token.',
  answers: { 200: livingUser },
  async handle({ services, who }) {
    return answer(200, await ownUser(services, who.userId));
  },
});

const password = route({
  method: 'POST',
  path: '/users/me/password',
  audit: 'password',
  tag: 'accounts',
  summary: 'Change the password',
  description: 'Ends all other sessions. A wrong current password counts as a failed login.',
  body: passwordBody,
  answers: { 204: null },
  errors: ['forbidden', 'too_many_requests'],
  async handle({ services, who, body, client }) {
    const attempt = await acquireLoginSlot(services, client, who.username);
    const outcome = await services.ask(
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
        throw wrongPassword();
      case 'limited':
        throw limited(outcome.retryAfterS, TOO_MANY_FAILURES);
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
    "The name turns into `Deleted User` for everybody at once. The users one has written to keep the messages. Can't be undone.",
  body: deleteBody,
  answers: { 204: null },
  errors: ['forbidden', 'too_many_requests'],
  async handle({ services, who, body, client }) {
    const attempt = await acquireLoginSlot(services, client, who.username);
    const outcome = await services.ask(
      account(who.username),
      { type: 'deleteAccount', userId: who.userId, password: body.password, attempt },
      ACCOUNT_TIMEOUT_MS,
    );
    switch (outcome.kind) {
      case 'wrong':
        throw wrongPassword();
      case 'limited':
        throw limited(outcome.retryAfterS, TOO_MANY_FAILURES);
      case 'deleted':
        return done;
    }
  },
});

const sessions = route({
  method: 'GET',
  path: '/users/me/sessions',
  tag: 'sessions',
  summary: 'List sessions',
  description: 'The devices on which the user is logged in.',
  answers: { 200: sessionsAnswer },
  async handle({ services, who }) {
    const stored = await services.read('sessions', who.userId, who.sessionId);
    const connected = services.connectedSessions(who.userId);
    return answer(200, { sessions: stored.map((each) => ({ ...each, connected: connected.has(each.id) })) });
  },
});

const endSession = route({
  method: 'DELETE',
  path: '/users/me/sessions/:id',
  audit: 'end-session',
  tag: 'sessions',
  summary: 'End a session',
  description: "Logs out one of the user's devices and closes its connections.",
  params: idParams,
  answers: { 204: null },
  errors: ['not_found'],
  async handle({ services, who: { userId }, params: { id: sessionId } }) {
    const ended = await services.write('endSession', { userId, sessionId });
    if (ended.kind === 'not-found') throw new ParleyError('not_found', 'There is no such session.');
    const reason = 'session revoked';
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

export const meRoutes = [me, password, remove, sessions, endSession];
