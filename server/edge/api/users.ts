import { ParleyError } from '../../protocol/errors.ts';
import { idParams } from '../../protocol/resources/query.ts';
import { searchAnswer, searchQuery, type SearchAnswer } from '../../protocol/resources/search.ts';
import { usersAnswer, usersQuery, user } from '../../protocol/resources/user.ts';
import type { Reads } from '../../storage/reads.ts';
import type { EdgeDeps } from '../deps.ts';
import { answer, route } from './route.ts';

const oneUser = route({
  method: 'GET',
  path: '/users/:id',
  tag: 'users',
  summary: 'Get a user',
  description:
    'Returns a user by id. `status` and `last_seen` are null if the requesting user may not see them.',
  params: idParams,
  answers: { 200: user },
  errors: ['not_found'],
  async handle({ deps, who, params }) {
    const found = await deps.read('user', who.userId, params.id);
    if (found === null) throw new ParleyError('not_found', 'There is no such person.');
    return answer(200, found);
  },
});

const users = route({
  method: 'GET',
  path: '/users',
  tag: 'users',
  summary: 'Find users by name',
  description:
    'Returns users whose names begin with `query`. The requesting user and deleted accounts are left out.',
  query: usersQuery,
  answers: { 200: usersAnswer },
  async handle({ deps, who, query }) {
    const found = await deps.read('users', who.userId, query.query ?? '', query.limit);
    return answer(200, { users: [...found] });
  },
});

/** A search is given up after this many milliseconds. */
const SEARCH_MS = 8_000;

/** Collects one page of hits in several bounded reads, so that a search through a long history does not block other
 *  requests. */
const searchThrough = async (
  { read, clock }: EdgeDeps,
  userId: string,
  q: string,
  options: Parameters<Reads['search']>[2],
): Promise<SearchAnswer> => {
  const until = clock.monotonic() + SEARCH_MS;
  const { next, ...found } = await read('search', userId, q, options);
  for (let below = next; below !== null;) {
    if (clock.monotonic() >= until) {
      const detail = 'This search takes too long now; try again with more letters, or a little later.';
      throw new ParleyError('unavailable', detail, { retryAfterS: 5 });
    }
    const limit = options.limit - found.messages.length;
    const page = await read('search', userId, q, { type: 'messages', limit, below });
    found.messages.push(...page.messages);
    below = page.next;
  }
  return found;
};

const search = route({
  method: 'GET',
  path: '/search',
  tag: 'search',
  summary: 'Search',
  description: 'Searches the messages and conversations of the user, and the names of all users.',
  query: searchQuery,
  answers: { 200: searchAnswer },
  async handle({ deps, who, query: { q = '', type, limit, before } }) {
    const options = {
      limit,
      ...(type === undefined ? {} : { type }),
      ...(before === undefined ? {} : { before }),
    };
    return answer(200, await searchThrough(deps, who.userId, q, options));
  },
});

export const peopleRoutes = [oneUser, users, search];
