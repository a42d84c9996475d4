import { ParleyError } from '../../protocol/errors.ts';
import {
  idParams,
  searchAnswer,
  searchQuery,
  usersAnswer,
  usersQuery,
  type SearchAnswer,
} from '../../protocol/http.ts';
import { user } from '../../protocol/resources.ts';
import type { Queries } from '../../storage/store.ts';
import type { Services } from '../services.ts';
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
    const found = await services.read('users', who.userId, query.query ?? '', query.limit);
    return answer(200, { users: [...found] });
  },
});

/** Milliseconds after which a search is given up that finds too little in too much. */
const SEARCH_MS = 8_000;

/** One page of hits, by as many bounded reads as it takes, so that a search through a long history stands before nobody. */
const searchThrough = async (
  { read, clock }: Services,
  userId: string,
  q: string,
  options: Parameters<Queries['search']>[2],
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
  description: "Searches the user's own messages, conversations and the names of users.",
  query: searchQuery,
  answers: { 200: searchAnswer },
  async handle({ services, who, query: { q = '', type, limit, before } }) {
    const options = {
      limit,
      ...(type === undefined ? {} : { type }),
      ...(before === undefined ? {} : { before }),
    };
    return answer(200, await searchThrough(services, who.userId, q, options));
  },
});

export const peopleRoutes = [oneUser, users, search];
