import { ParleyError } from '../../protocol/errors.ts';
import { pushAnswer, pushBody, pushKeyAnswer } from '../../protocol/resources/push.ts';
import type { EdgeDeps } from '../deps.ts';
import { isBrowserKey } from '../push/encrypt.ts';
import { endpointOf } from '../push/endpoint.ts';
import { answer, done, route } from './route.ts';
import { limited } from './sign-in.ts';

const serviceOf = ({ push }: EdgeDeps): NonNullable<EdgeDeps['push']> => {
  if (push === null) throw new ParleyError('not_found', 'This server sends no pushes.');
  return push;
};

const refused = (path: string, message: string): ParleyError =>
  new ParleyError('bad_request', 'The body is not valid.', { errors: [{ path, message }] });

const key = route({
  method: 'GET',
  path: '/push/key',
  tag: 'push',
  summary: 'Get the key of the server',
  description:
    'Returns the key with which a browser subscribes to pushes of this server (`applicationServerKey`). `not_found` if the server sends none.',
  answers: { 200: pushKeyAnswer },
  errors: ['not_found'],
  handle: ({ deps }) => answer(200, { key: serviceOf(deps).key }),
});

const subscription = route({
  method: 'GET',
  path: '/users/me/push',
  tag: 'push',
  summary: 'Get the push subscription',
  description:
    'Returns where pushes for this session go, and whether the server sends any: without a key it does not.',
  answers: { 200: pushAnswer },
  async handle({ deps, who: { sessionId } }) {
    if (deps.push === null) return answer(200, { key: null, endpoint: null, show_text: false });
    const found = await deps.read('pushSubscription', sessionId);
    return answer(200, {
      key: deps.push.key,
      endpoint: found?.endpoint ?? null,
      show_text: found?.showText ?? false,
    });
  },
});

const subscribe = route({
  method: 'PUT',
  path: '/users/me/push',
  tag: 'push',
  summary: 'Subscribe to pushes',
  description:
    'Sets where the server sends an encrypted push when a message is stored for the user while they have no visible connection. The subscription belongs to this session, replaces its earlier one, and ends with it. The address has to be a public one, on port 443.',
  body: pushBody,
  answers: { 204: null },
  errors: ['not_found', 'too_many_requests'],
  async handle({ deps, who: { userId, sessionId }, body }) {
    const { endpoint, keys, show_text: showText = false } = body;
    const { allowed } = serviceOf(deps);
    const found = endpointOf(endpoint, allowed);
    if ('fault' in found) throw refused('endpoint', found.fault);
    if (!isBrowserKey(keys.p256dh)) throw refused('keys.p256dh', 'must be a point of P-256');
    if (!deps.pushChanges.take(userId))
      throw limited(
        Math.max(1, deps.pushChanges.secondsToWait(userId)),
        'You have subscribed too often; try again later.',
      );
    const outcome = await deps.write('subscribePush', {
      ...{ userId, sessionId },
      subscription: { endpoint, ...keys, showText },
    });
    if (outcome.kind === 'not-found') throw new ParleyError('unauthorized', 'This session has ended.');
    return done;
  },
});

const unsubscribe = route({
  method: 'DELETE',
  path: '/users/me/push',
  tag: 'push',
  summary: 'End the push subscription',
  description: 'The server sends no more pushes for this session. Does nothing if it sends none.',
  answers: { 204: null },
  async handle({ deps, who: { userId, sessionId } }) {
    await deps.write('unsubscribePush', { userId, sessionId });
    return done;
  },
});

export const pushRoutes = [key, subscription, subscribe, unsubscribe];
