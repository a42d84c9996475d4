import { AFTER_ALL } from '../../presenting/bounds.ts';
import { statement, type Sql } from '../sql.ts';
import { listOf, type ListedTuple } from './conversations.ts';
import { NAMED_USERS, SEEN_USER, SEEN_USER_JOINS, type SeenUserTuple } from './users.ts';

/** Whether a name holds all terms of an array. */
const hasAll = (name: string, terms: string): string =>
  `NOT EXISTS (SELECT 1 FROM unnest(${terms}::text[]) AS term WHERE strpos(${name}, term) = 0)`;
/** Users other than the viewer, whose names fulfil `where`. */
const named = (where: string): string => `
  SELECT ${SEEN_USER} FROM users v CROSS JOIN LATERAL (
    SELECT n.row FROM users n WHERE ${where} AND n.row <> v.row AND ${hasAll('n.username', '$3')}
    ORDER BY n.username LIMIT $2
  ) ${NAMED_USERS} ${SEEN_USER_JOINS} WHERE v.id = $1 ORDER BY u.username`;

const BY_PREFIX = statement<SeenUserTuple>(
  'search_users_by_prefix',
  named('n.username >= $4 AND n.username < $5'),
);
/** Reads the index of names through. */
const BY_PART = statement<SeenUserTuple>('search_users_by_part', named('strpos(n.username, $4) > 1'));
const CONVERSATIONS = statement<ListedTuple>(
  'search_conversations',
  listOf(
    `peer.username IS NOT NULL AND ${hasAll('peer.username', '$2')}`,
    '$3',
    'JOIN users peer ON peer.row = m.peer',
  ),
);

/** Living users, names that begin with the first term first. Deleted names are in no table that is read here. [P7] */
export const usersNamed = async (
  sql: Pick<Sql, 'query'>,
  viewerId: string,
  terms: readonly string[],
  limit: number,
): Promise<readonly SeenUserTuple[]> => {
  const [first = ''] = terms;
  const prefixed = await sql.query(BY_PREFIX, [viewerId, limit, terms, first, first + AFTER_ALL]);
  if (prefixed.length >= limit) return prefixed;
  return [...prefixed, ...(await sql.query(BY_PART, [viewerId, limit - prefixed.length, terms, first]))];
};

/** The viewer's listed conversations by the other's name, newest activity first. */
export const conversationsWith = (
  sql: Pick<Sql, 'query'>,
  viewerId: string,
  terms: readonly string[],
  limit: number,
): Promise<readonly ListedTuple[]> => sql.query(CONVERSATIONS, [viewerId, terms, limit]);
