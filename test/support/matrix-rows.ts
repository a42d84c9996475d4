import type { ClientFrameType } from '../../server/protocol/client-frames.ts';
import { PASSWORD } from './chat-client.ts';
import { browserSubscription } from './browser-subscription.ts';
import { png } from './sample-images.ts';

/** Ids that a request names: those of a person and what is theirs, or ids that nothing has. */
export interface Named {
  readonly user: string;
  readonly username: string;
  readonly conversation: string;
  readonly message: string;
  readonly session: string;
  readonly attachment: string;
  /** The key of an upload. */
  readonly upload: string;
}

export interface Request {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How one route treats whom. Every status that is not listed is 401. */
export type RouteRow =
  /** Open routes answer alike whatever token comes along. */
  | { readonly open: number; readonly body?: unknown }
  /** Speaks of nobody but whoever asks. */
  | { readonly own: number; readonly ask: (named: Named) => Request }
  /** For admins only: everybody else gets 403, whatever is named. `admin`: what an admin gets who names nothing that exists. */
  | { readonly admin: number; readonly ask: (named: Named) => Request }
  /** Names something: what a stranger and what the other of the two get, and whether a stranger's answer must be that of an
   *  id that nothing has. */
  | {
      readonly stranger: number;
      readonly partner: number;
      readonly hidden: boolean;
      readonly ask: (named: Named) => Request;
    };

const wrong = 'Wrong-Password-1';
const credentials = { username: 'nobody.at.all', password: wrong };

/** A route below that of a user. */
const ofUser =
  (below = '') =>
  ({ username }: Named): Request => ({ path: `/admin/api/users/${username}${below}` });
const at = (path: string, body?: unknown) => (): Request => ({
  path: `/admin/api/${path}`,
  ...(body !== undefined && { body }),
});

/** For admins, by the names of `/openapi.json`. */
const ADMIN_ROWS: Readonly<Record<string, RouteRow>> = {
  'GET /admin/api/users': { admin: 200, ask: at('users?prefix=ada') },
  'GET /admin/api/users/:username': { admin: 404, ask: ofUser() },
  'DELETE /admin/api/users/:username': { admin: 404, ask: ofUser() },
  'POST /admin/api/users/:username/promote': { admin: 404, ask: ofUser('/promote') },
  'POST /admin/api/users/:username/demote': { admin: 404, ask: ofUser('/demote') },
  'POST /admin/api/users/:username/disable': { admin: 404, ask: ofUser('/disable') },
  'POST /admin/api/users/:username/enable': { admin: 404, ask: ofUser('/enable') },
  'POST /admin/api/users/:username/reset-password': { admin: 404, ask: ofUser('/reset-password') },
  'DELETE /admin/api/users/:username/sessions': { admin: 404, ask: ofUser('/sessions') },
  'DELETE /admin/api/users/:username/sessions/:id': {
    admin: 404,
    ask: (named) => ofUser(`/sessions/${named.session}`)(named),
  },
  'POST /admin/api/unlock': { admin: 200, ask: at('unlock', { target: '192.0.2.99' }) },
  'GET /admin/api/invites': { admin: 200, ask: at('invites') },
  'POST /admin/api/invites': { admin: 201, ask: at('invites', { uses: 1 }) },
  'DELETE /admin/api/invites/:id': { admin: 404, ask: at('invites/4711') },
  'GET /admin/api/status': { admin: 200, ask: at('status') },
  'GET /admin/api/threads': { admin: 200, ask: at('threads') },
  'GET /admin/api/settings': { admin: 200, ask: at('settings') },
  'GET /admin/api/doctor': { admin: 200, ask: at('doctor') },
  'GET /admin/api/audit': { admin: 200, ask: at('audit') },
  'GET /admin/api/backups': { admin: 200, ask: at('backups') },
  'POST /admin/api/backups': { admin: 409, ask: at('backups') },
  'GET /admin/api/hosts': { admin: 200, ask: at('hosts') },
  'GET /admin/api/traces': { admin: 200, ask: at('traces') },
  'POST /admin/api/traces': { admin: 404, ask: at('traces', { username: 'nobody.here' }) },
  'DELETE /admin/api/traces': { admin: 200, ask: at('traces') },
};

/** One row a route, by the names of `/openapi.json`. A route that is not here fails the matrix. */
export const ROUTE_ROWS: Readonly<Record<string, RouteRow>> = {
  ...ADMIN_ROWS,
  'POST /auth/register': { open: 400, body: { username: 'x', password: 'x' } },
  'POST /auth/login': { open: 401, body: credentials },
  'POST /auth/reset': { open: 401, body: { code: 'none', new_password: PASSWORD } },
  'POST /auth/refresh': { open: 401, body: { refresh_token: 'none' } },
  'GET /healthz': { open: 200 },
  'GET /readyz': { open: 200 },
  'GET /openapi.json': { open: 200 },
  'GET /asyncapi.json': { open: 200 },
  'POST /auth/logout': { own: 204, ask: () => ({ path: '/auth/logout' }) },
  'GET /users/me': { own: 200, ask: () => ({ path: '/users/me' }) },
  'PATCH /users/me': { own: 200, ask: () => ({ path: '/users/me', body: { about: 'canary' } }) },
  'PUT /users/me/avatar': {
    own: 204,
    ask: () => ({ path: '/users/me/avatar', body: png(2, 2), headers: { 'content-type': 'image/png' } }),
  },
  'DELETE /users/me/avatar': { own: 204, ask: () => ({ path: '/users/me/avatar' }) },
  'GET /users/me/export': { own: 200, ask: () => ({ path: '/users/me/export' }) },
  'POST /users/me/export/link': { own: 201, ask: () => ({ path: '/users/me/export/link' }) },
  // What stands in its place was never made.
  'GET /exports/:token': { open: 410 },
  'GET /users/me/blocks': { own: 200, ask: () => ({ path: '/users/me/blocks' }) },
  'GET /push/key': { own: 200, ask: () => ({ path: '/push/key' }) },
  'GET /users/me/push': { own: 200, ask: () => ({ path: '/users/me/push' }) },
  'PUT /users/me/push': { own: 204, ask: () => ({ path: '/users/me/push', body: browserSubscription() }) },
  'DELETE /users/me/push': { own: 204, ask: () => ({ path: '/users/me/push' }) },
  'GET /users/me/sessions': { own: 200, ask: () => ({ path: '/users/me/sessions' }) },
  'POST /users/me/password': {
    own: 403,
    ask: () => ({
      path: '/users/me/password',
      body: { current_password: wrong, new_password: PASSWORD },
    }),
  },
  'DELETE /users/me': { own: 403, ask: () => ({ path: '/users/me', body: { password: wrong } }) },
  'GET /users': { own: 200, ask: ({ username }) => ({ path: `/users?query=${username}` }) },
  'GET /conversations': { own: 200, ask: () => ({ path: '/conversations' }) },
  'GET /search': { own: 200, ask: () => ({ path: '/search?q=canary' }) },
  'DELETE /users/me/sessions/:id': {
    stranger: 404,
    partner: 404,
    hidden: true,
    ask: ({ session }) => ({ path: `/users/me/sessions/${session}` }),
  },
  // That a person exists is known to all who are signed in; whether they are here is not.
  'GET /users/:id': {
    stranger: 200,
    partner: 200,
    hidden: false,
    ask: ({ user }) => ({ path: `/users/${user}` }),
  },
  // Whoever is signed in may see it; this one has none.
  'GET /users/:id/avatar': {
    stranger: 404,
    partner: 404,
    hidden: true,
    ask: ({ user }) => ({ path: `/users/${user}/avatar` }),
  },
  'GET /attachments': { own: 200, ask: () => ({ path: '/attachments' }) },
  'POST /attachments': {
    own: 201,
    ask: () => ({
      path: '/attachments',
      body: png(2, 2),
      headers: { 'content-type': 'image/png', 'content-disposition': 'attachment; filename=a.png' },
    }),
  },
  'GET /attachments/:id': {
    stranger: 404,
    partner: 200,
    hidden: true,
    ask: ({ attachment }) => ({ path: `/attachments/${attachment}` }),
  },
  'GET /attachments/uploads/:key': {
    stranger: 404,
    partner: 404,
    hidden: true,
    ask: ({ upload }) => ({ path: `/attachments/uploads/${upload}` }),
  },
  // Whoever cancels cancels an upload of their own, whether there is one or not.
  'DELETE /attachments/uploads/:key': {
    own: 204,
    ask: ({ upload }) => ({ path: `/attachments/uploads/${upload}` }),
  },
  // The next one ends it.
  'PUT /users/:id/block': {
    stranger: 204,
    partner: 204,
    hidden: false,
    ask: ({ user }) => ({ path: `/users/${user}/block` }),
  },
  // Anybody may end a block, whether there is one or not.
  'DELETE /users/:id/block': {
    stranger: 204,
    partner: 204,
    hidden: false,
    ask: ({ user }) => ({ path: `/users/${user}/block` }),
  },
  'PATCH /conversations/:id': {
    stranger: 404,
    partner: 200,
    hidden: true,
    ask: ({ conversation }) => ({ path: `/conversations/${conversation}`, body: { pinned: true } }),
  },
  // Anybody may open a conversation, and sees nothing of the other's presence by it. [S7]
  'POST /conversations': {
    stranger: 201,
    partner: 200,
    hidden: false,
    ask: ({ user }) => ({ path: '/conversations', body: { recipient_id: user } }),
  },
  'GET /conversations/:id': {
    stranger: 404,
    partner: 200,
    hidden: true,
    ask: ({ conversation }) => ({ path: `/conversations/${conversation}` }),
  },
  'GET /conversations/:id/messages': {
    stranger: 404,
    partner: 200,
    hidden: true,
    ask: ({ conversation }) => ({ path: `/conversations/${conversation}/messages` }),
  },
  'DELETE /conversations/:id': {
    stranger: 404,
    partner: 204,
    hidden: true,
    ask: ({ conversation }) => ({ path: `/conversations/${conversation}` }),
  },
};

/** One row an action, by the names of `/asyncapi.json`: what a stranger sends, and what they hear of it. */
export const ACTION_ROWS: Readonly<
  Record<ClientFrameType, { readonly ask: (named: Named) => unknown; readonly hears: string | null }>
> = {
  message: {
    ask: ({ conversation }) => ({ conversation_id: conversation, content: 'may I?' }),
    hears: 'not_found',
  },
  ack: { ask: ({ message }) => ({ message_id: message, status: 'read' }), hears: 'not_found' },
  reaction: { ask: ({ message }) => ({ message_id: message, emoji: '👍' }), hears: 'not_found' },
  typing: { ask: ({ conversation }) => ({ conversation_id: conversation, typing: true }), hears: null },
  presence: { ask: () => ({ status: 'online' }), hears: null },
  sync: { ask: () => ({ cursor: 0 }), hears: 'sync' },
  auth: { ask: () => ({ token: 'somebody.elses.token' }), hears: 'unauthorized' },
  ping: { ask: () => ({}), hears: 'pong' },
  pong: { ask: () => ({}), hears: null },
};
