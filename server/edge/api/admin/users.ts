import {
  adminUserAnswer,
  adminUsersAnswer,
  adminUsersQuery,
  changedAnswer,
  endedAnswer,
  nameAndSessionParams,
  nameParams,
  resetCodeAnswer,
  unlockAnswer,
  unlockBody,
} from '../../../protocol/resources/admin.ts';
import { answer, done, type Route } from '../route.ts';
import { adminRoute, operate, refuseOneself } from './admin-route.ts';

const list = adminRoute({
  method: 'GET',
  path: '/admin/api/users',
  summary: 'List users',
  description:
    'Returns users in the order of their names, disabled ones too. Deleted accounts are left out, because they have no name.',
  query: adminUsersQuery,
  answers: { 200: adminUsersAnswer },
  handle: async ({ query: { prefix, after, limit }, ...context }) =>
    answer(200, await operate(context, 'user.list', { prefix, after: after ?? null, limit })),
});

const show = adminRoute({
  method: 'GET',
  path: '/admin/api/users/:username',
  summary: 'Get a user and their sessions',
  description: 'Returns a user, and all sessions that have not expired.',
  params: nameParams,
  answers: { 200: adminUserAnswer },
  errors: ['not_found'],
  handle: async ({ params, ...context }) => answer(200, await operate(context, 'user.show', params)),
});

const remove = adminRoute({
  method: 'DELETE',
  path: '/admin/api/users/:username',
  summary: 'Delete a user',
  description:
    'Deletes an account for good, as its user could. The people they wrote to keep the messages. Admins can’t delete themselves here.',
  params: nameParams,
  answers: { 204: null },
  errors: ['not_found', 'conflict'],
  async handle({ params, ...context }) {
    refuseOneself(context.who, params.username);
    await operate(context, 'user.delete', params);
    return done;
  },
});

/** An action that changes one thing of a user, or finds it changed already. */
const change = (
  action: 'promote' | 'demote' | 'disable' | 'enable',
  words: { readonly summary: string; readonly description: string },
): Route =>
  adminRoute({
    method: 'POST',
    path: `/admin/api/users/:username/${action}`,
    ...words,
    params: nameParams,
    answers: { 200: changedAnswer },
    errors: ['not_found', 'conflict'],
    async handle({ params, ...context }) {
      if (action === 'demote' || action === 'disable') refuseOneself(context.who, params.username);
      return answer(200, await operate(context, `user.${action}`, params));
    },
  });

const promote = change('promote', {
  summary: 'Make a user an admin',
  description: 'Gives a user the role `admin`, which counts from the next request on.',
});
const demote = change('demote', {
  summary: 'Take the role of an admin away',
  description: 'Makes an admin an ordinary user, from the next request on. Admins can’t demote themselves.',
});
const disable = change('disable', {
  summary: 'Disable a user',
  description:
    'Ends all sessions of a user and refuses new ones. The history stays, and the user can be enabled again. Admins can’t disable themselves.',
});
const enable = change('enable', {
  summary: 'Enable a user',
  description: 'Lets a disabled user log in again.',
});

const reset = adminRoute({
  method: 'POST',
  path: '/admin/api/users/:username/reset-password',
  summary: 'Make a one-time code for a new password',
  description:
    'Returns a code with which the user chooses a new password. Only its hash is stored, so it is shown this once. An earlier one is no longer valid.',
  params: nameParams,
  answers: { 200: resetCodeAnswer },
  errors: ['not_found'],
  handle: async ({ params, ...context }) =>
    answer(200, await operate(context, 'user.reset-password', params)),
});

const endAll = adminRoute({
  method: 'DELETE',
  path: '/admin/api/users/:username/sessions',
  summary: 'End all sessions of a user',
  description: 'Ends all sessions of a user and closes their connections.',
  params: nameParams,
  answers: { 200: endedAnswer },
  errors: ['not_found'],
  handle: async ({ params: { username }, ...context }) =>
    answer(200, await operate(context, 'user.revoke', { username, session_id: null })),
});

const endOne = adminRoute({
  method: 'DELETE',
  path: '/admin/api/users/:username/sessions/:id',
  summary: 'End a session of a user',
  description: 'Ends one session of a user and closes its connections.',
  params: nameAndSessionParams,
  answers: { 204: null },
  errors: ['not_found'],
  async handle({ params: { username, id }, ...context }) {
    await operate(context, 'user.revoke', { username, session_id: id });
    return done;
  },
});

const unlock = adminRoute({
  method: 'POST',
  path: '/admin/api/unlock',
  summary: 'Forget failed logins',
  description:
    'Forgets the failed logins with a user name, or those of an address, so that logins are no longer refused.',
  body: unlockBody,
  answers: { 200: unlockAnswer },
  errors: ['not_found'],
  handle: async ({ body, ...context }) => answer(200, await operate(context, 'user.unlock', body)),
});

export const adminUserRoutes = [
  ...[list, show, remove, promote, demote, disable, enable, reset, endAll, endOne, unlock],
];
