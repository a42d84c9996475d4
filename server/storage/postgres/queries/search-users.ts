import { AFTER_ALL } from '../../presenting/bounds.ts';
import { statement, type Sql } from '../sql.ts';
import { listOf, type ListedTuple } from './conversations.ts';
import { hasWords, isFirstWord, NAMED_BY_WORD } from './name-words.ts';
import { NAMED_USERS, SEEN_USER, SEEN_USER_JOINS, type SeenUserTuple } from './users.ts';

/** Whether each term of an array is a part of the username of a user, or begins a word of the display name. */
const hasAll = (users: string, terms: string): string =>
  hasWords(terms, users, `strpos(${users}.username, term) > 0`);
/** Users other than the viewer, whose names fulfil `where`. */
const named = (where: string): string => `
  SELECT ${SEEN_USER} FROM users v CROSS JOIN LATERAL (
    SELECT n.row FROM users n WHERE ${where} AND n.row <> v.row AND ${hasAll('n', '$3')}
    ORDER BY n.username LIMIT $2
  ) ${NAMED_USERS} ${SEEN_USER_JOINS} WHERE v.id = $1 ORDER BY u.username`;

const BY_PREFIX = statement<SeenUserTuple>(
  'search_users_by_prefix',
  named('n.username >= $4 AND n.username < $5'),
);
/** Reads the index of names through. */
const BY_PART = statement<SeenUserTuple>('search_users_by_part', named('strpos(n.username, $4) > 1'));
const BY_WORD = statement<SeenUserTuple>(
  'search_users_by_name_word',
  `SELECT ${SEEN_USER} FROM users v CROSS JOIN LATERAL (
    SELECT n.row, w.word FROM ${NAMED_BY_WORD}
    WHERE ${isFirstWord('$4', '$5')} AND strpos(n.username, $4) = 0 AND n.row <> v.row AND ${hasAll('n', '$3')}
    ORDER BY w.word, w.user_row LIMIT $2
  ) ${NAMED_USERS} ${SEEN_USER_JOINS} WHERE v.id = $1 ORDER BY named.word, named.row`,
);
const CONVERSATIONS = statement<ListedTuple>(
  'search_conversations',
  listOf(
    `peer.username IS NOT NULL AND ${hasAll('peer', '$2')}`,
    '$3',
    'JOIN users peer ON peer.row = m.peer',
  ),
);

/** Living users: those whose usernames begin with the first term, then those that hold it, then those with a word in their display name that
 *  begins with it. Deleted names are in no table that is read here. [P7] */
export const usersNamed = async (
  sql: Pick<Sql, 'query'>,
  viewerId: string,
  terms: readonly string[],
  limit: number,
): Promise<readonly SeenUserTuple[]> => {
  const [first = ''] = terms;
  const prefixed = await sql.query(BY_PREFIX, [viewerId, limit, terms, first, first + AFTER_ALL]);
  if (prefixed.length >= limit) return prefixed;
  const parts = await sql.query(BY_PART, [viewerId, limit - prefixed.length, terms, first]);
  const found = [...prefixed, ...parts];
  if (found.length >= limit) return found;
  const asked = [viewerId, limit - found.length, terms, first, first + AFTER_ALL];
  return [...found, ...(await sql.query(BY_WORD, asked))];
};

/** The viewer's listed conversations by the other's name, newest activity first. */
export const conversationsWith = (
  sql: Pick<Sql, 'query'>,
  viewerId: string,
  terms: readonly string[],
  limit: number,
): Promise<readonly ListedTuple[]> => sql.query(CONVERSATIONS, [viewerId, terms, limit]);
