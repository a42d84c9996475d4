import { ParleyError } from '../../protocol/errors.ts';
import { idParams, searchAnswer, searchQuery, usersAnswer, usersQuery } from '../../protocol/http.ts';
import { user } from '../../protocol/views.ts';
import { answer, route } from './route.ts';

const oneUser = route({
  method: 'GET',
  path: '/users/:id',
  tag: 'users',
  summary: 'Get a user',
  description: 'A user by id. `status` and `last_seen` are null for those who may not see them.',
  params: idParams,
  answers: { 200: user },
  errors: ['not_found'],
  async handle({ services, who, params }) {
    const found = await services.read('user', who.userId, params.id);
    if (found === null) throw new ParleyError('not_found', 'There is no such person.');
    return answer(200, found);
  },
});

const users = route({
  method: 'GET',
  path: '/users',
  tag: 'users',
  summary: 'Find users by name',
  description: 'Users whose name begins with `query`, without the user who asks and deleted accounts.',
  query: usersQuery,
  answers: { 200: usersAnswer },
  async handle({ services, who, query }) {
    const prefix = (query.query ?? '').toLowerCase();
    const found = await services.read('users', who.userId, prefix, query.limit);
    return answer(200, { users: [...found] });
  },
});

const search = route({
  method: 'GET',
  path: '/search',
  tag: 'search',
  summary: 'Search',
  description: "Searches the user's own messages, conversations and the names of users.",
  query: searchQuery,
  answers: { 200: searchAnswer },
  async handle({ services, who, query: { q = '', type, limit, before } }) {
    const options = {
      limit,
      ...(type === undefined ? {} : { type }),
      ...(before === undefined ? {} : { before }),
    };
    return answer(200, await services.read('search', who.userId, q, options));
  },
});

export const peopleRoutes = [oneUser, users, search];
