import { ParleyError } from '../../protocol/errors.ts';
import { idParams, searchAnswer, searchQuery, usersAnswer, usersQuery } from '../../protocol/http.ts';
import { PAGE_DEFAULT } from '../../protocol/limits.ts';
import { user } from '../../protocol/views.ts';
import { answer, route } from './route.ts';

const oneUser = route({
  method: 'GET',
  path: '/users/:id',
  summary: 'A person, with presence for those the person has written to',
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
  summary: 'People whose username begins so, without oneself and deleted accounts',
  query: usersQuery,
  answers: { 200: usersAnswer },
  async handle({ services, who, query }) {
    const prefix = (query.query ?? '').toLowerCase();
    const found = await services.read('users', who.userId, prefix, query.limit ?? PAGE_DEFAULT);
    return answer(200, { users: [...found] });
  },
});

const search = route({
  method: 'GET',
  path: '/search',
  summary: 'Messages, conversations and people',
  query: searchQuery,
  answers: { 200: searchAnswer },
  async handle({ services, who, query: { q = '', type, limit = PAGE_DEFAULT, before } }) {
    const options = {
      limit,
      ...(type === undefined ? {} : { type }),
      ...(before === undefined ? {} : { before }),
    };
    return answer(200, await services.read('search', who.userId, q, options));
  },
});

export const peopleRoutes = [oneUser, users, search];
