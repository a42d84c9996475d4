import { codeOf, ParleyError } from '../../protocol/errors.ts';
import { BLOCKS_MAX } from '../../protocol/limits.ts';
import { idParams } from '../../protocol/resources/query.ts';
import { blocksAnswer } from '../../protocol/resources/user.ts';
import { edge } from '../../actors/services/edge.ts';
import type { EdgeDeps } from '../deps.ts';
import { countedChange } from './counted-change.ts';
import { answer, done, route } from './route.ts';

const change = async (deps: EdgeDeps, userId: string, peerId: string, blocked: boolean) => {
  if (userId === peerId) throw new ParleyError('bad_request', 'Nobody can block themselves.');
  const { kind } = await countedChange(deps, 'setBlock', { userId, peerId, blocked }).catch(
    (error: unknown) => {
      // It may be stored nevertheless, and then the writer told nobody.
      if (codeOf(error) !== 'too_many_requests') deps.tell(edge, { type: 'introduce', userId, peerId });
      throw error;
    },
  );
  switch (kind) {
    case 'not-found':
      throw new ParleyError('not_found', 'There is no such person.');
    case 'peer-deleted':
      throw new ParleyError('conflict', 'This person has deleted their account.');
    case 'too-many':
      throw new ParleyError(
        'conflict',
        `You have blocked ${String(BLOCKS_MAX)} people; there can be no more.`,
      );
    default:
      return done;
  }
};

const block = route({
  method: 'PUT',
  path: '/users/:id/block',
  tag: 'users',
  summary: 'Block a user',
  description:
    'Blocks a user, who can then neither write to the requesting user, nor react to messages, nor see their presence. Does nothing if they are blocked.',
  params: idParams,
  answers: { 204: null },
  errors: ['not_found', 'conflict', 'too_many_requests'],
  handle: ({ deps, who, params }) => change(deps, who.userId, params.id, true),
});

const unblock = route({
  method: 'DELETE',
  path: '/users/:id/block',
  tag: 'users',
  summary: 'Unblock a user',
  description: 'Ends the block of a user. Does nothing if they are not blocked.',
  params: idParams,
  answers: { 204: null },
  errors: ['not_found', 'too_many_requests'],
  handle: ({ deps, who, params }) => change(deps, who.userId, params.id, false),
});

const list = route({
  method: 'GET',
  path: '/users/me/blocks',
  tag: 'users',
  summary: 'List blocked users',
  description: 'Returns the users whom the requesting user has blocked, the last one first.',
  answers: { 200: blocksAnswer },
  handle: async ({ deps, who }) => answer(200, { users: [...(await deps.read('blocks', who.userId))] }),
});

export const blockRoutes = [block, unblock, list];
