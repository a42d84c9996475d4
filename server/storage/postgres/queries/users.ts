import { AFTER_ALL } from '../../presenting/bounds.ts';
import { isDeleted, livingUser, Presenters } from '../../presenting/presenters.ts';
import type { AvatarType } from '../../../protocol/avatar-type.ts';
import { fold } from '../../search/fold.ts';
import { termsOf } from '../../search/matches.ts';
import { statement } from '../sql.ts';
import { LoadedRows, userColumns, type UserTuple } from './loaded-rows.ts';
import type { Queries } from '../../reads.ts';
import { hasWords, isFirstWord, NAMED_BY_WORD } from './name-words.ts';
import { isStorable, type PostgresQueryDeps } from './query-deps.ts';

type UserQueries = Pick<
  Queries,
  | 'me'
  | 'user'
  | 'avatar'
  | 'userIdByName'
  | 'users'
  | 'partners'
  | 'presenceOf'
  | 'seenPresence'
  | 'presenceChangedSince'
>;

/** Whether the user with this row shows their presence to the other one of the conversation `c`: they have written to them, and do not block
 *  them [S7] [B3]. */
export const showsPresence = (user: string): string =>
  `CASE WHEN c.low = ${user} THEN c.low_sent > 0 AND NOT c.low_blocks ELSE c.high_sent > 0 AND NOT c.high_blocks END`;

/** A user as another one may see them. */
export type SeenUserTuple = readonly [viewer: number, showsPresence: boolean, ...UserTuple];

/** Of a user `u` and their viewer `v`. */
export const SEEN_USER = `v.row,
  coalesce(${showsPresence('u.row')}, false), ${userColumns('u', 'p')}`;
export const SEEN_USER_JOINS = `
  LEFT JOIN LATERAL (SELECT * FROM user_presence WHERE user_row = u.row LIMIT 1) p ON true
  LEFT JOIN LATERAL (
    SELECT low, low_sent, high_sent, low_blocks, high_blocks FROM conversations
    WHERE low = least(u.row, v.row) AND high = greatest(u.row, v.row) LIMIT 1
  ) c ON true`;
/** The users `u` of the rows `named`, likewise one by one: a plan that is made for any limit expects a tenth of all users, and would
 *  read whole tables for them. */
export const NAMED_USERS = 'named CROSS JOIN LATERAL (SELECT * FROM users WHERE row = named.row LIMIT 1) u';

const KNOWN = statement<UserTuple>(
  'users_by_id',
  `SELECT ${userColumns('u', 'p')} FROM users u LEFT JOIN user_presence p ON p.user_row = u.row
   WHERE u.id = ANY($1::uuid[])`,
);
const USER = statement<SeenUserTuple>(
  'user',
  `SELECT ${SEEN_USER} FROM users v JOIN users u ON u.id = $2 ${SEEN_USER_JOINS} WHERE v.id = $1`,
);
const BY_NAME = statement<[id: string]>('user_id_by_name', 'SELECT id FROM users WHERE username = $1');
const BY_PREFIX = statement<SeenUserTuple>(
  'users_by_prefix',
  `SELECT ${SEEN_USER} FROM users v CROSS JOIN LATERAL (
     SELECT n.row FROM users n WHERE n.username >= $2 AND n.username < $3 AND n.row <> v.row
     ORDER BY n.username LIMIT $4
   ) ${NAMED_USERS} ${SEEN_USER_JOINS} WHERE v.id = $1 ORDER BY u.username`,
);
/** By words of the display name: those whom `users_by_prefix` does not find. */
const BY_WORD = statement<SeenUserTuple>(
  'users_by_name_word',
  `SELECT ${SEEN_USER} FROM users v CROSS JOIN LATERAL (
     SELECT n.row, w.word FROM ${NAMED_BY_WORD}
     WHERE ${isFirstWord('$5', '$6')} AND NOT (n.username >= $2 AND n.username < $3) AND n.row <> v.row
       AND ${hasWords('$7')}
     ORDER BY w.word, w.user_row LIMIT $4
   ) ${NAMED_USERS} ${SEEN_USER_JOINS} WHERE v.id = $1 ORDER BY named.word, named.row`,
);
const AVATAR = statement<[type: AvatarType, version: string, bytes: Buffer]>(
  'avatar',
  'SELECT a.type, u.avatar, a.bytes FROM users u JOIN avatars a ON a.user_row = u.row WHERE u.id = $1',
);
// Presence of a deleted user, such as the end of the last connection, is announced to nobody.
const PARTNERS = statement<[id: string]>(
  'partners',
  `SELECT u.id FROM users me JOIN members m ON m.user_row = me.row
     JOIN conversations c ON c.row = m.conversation JOIN users u ON u.row = m.peer
   WHERE me.id = $1 AND me.username IS NOT NULL AND u.username IS NOT NULL
     AND ${showsPresence('m.user_row')}
   ORDER BY m.bucket, m.conversation`,
);

/** With those whom they block: whether they do. */
export const PARTNERS_OF = statement<[user: string, partner: string, isBlocked: boolean]>(
  'partners_of_users',
  `SELECT me.id, u.id, CASE WHEN c.low = m.user_row THEN c.low_blocks ELSE c.high_blocks END FROM users me JOIN members m ON m.user_row = me.row
     JOIN conversations c ON c.row = m.conversation JOIN users u ON u.row = m.peer
   WHERE me.id = ANY($1::uuid[]) AND me.username IS NOT NULL AND u.username IS NOT NULL
     AND CASE WHEN c.low = m.user_row THEN c.low_sent > 0 ELSE c.high_sent > 0 END`,
);
const CHANGED_SINCE = statement<[id: string]>(
  'presence_changed_since',
  `SELECT u.id FROM user_presence p JOIN users u ON u.row = p.user_row
   WHERE p.last_seen >= $1 AND u.id > $2 ORDER BY u.id LIMIT $3`,
);
const BELOW_ALL = '00000000-0000-0000-0000-000000000000';

/** Users as others may see them (SPEC §4). Deleted names are in none of these. [P7] */
export const userQueries = (deps: PostgresQueryDeps): UserQueries => {
  const { database, clock } = deps;
  /** Living users by id. */
  const livingUsers = async (ids: readonly string[]) => {
    const rows = new LoadedRows(clock.now());
    const found = (await database.query(KNOWN, [ids])).map((raw) => rows.addUser(raw));
    return { rows, users: new Map(found.filter((user) => !isDeleted(user)).map((user) => [user.id, user])) };
  };

  const presenceOf: UserQueries['presenceOf'] = async (userIds) => {
    const { rows, users } = await livingUsers(userIds);
    return userIds.flatMap((userId) => {
      const user = users.get(userId);
      return user === undefined ? [] : [{ userId, ...rows.presence(user.row) }];
    });
  };

  return {
    async me(userId) {
      const { rows, users } = await livingUsers([userId]);
      const user = users.get(userId);
      return user === undefined ? null : livingUser(user, rows.presence(user.row));
    },
    async user(viewerId, userId) {
      const [seen = null] = seenUsers(await database.query(USER, [viewerId, userId]), clock.now());
      return seen;
    },
    async avatar(userId) {
      const [found] = await database.query(AVATAR, [userId]);
      if (found === undefined) return null;
      const [type, version, bytes] = found;
      return { type, version, bytes };
    },
    async userIdByName(username) {
      if (!isStorable(username)) return null;
      const [found] = await database.query(BY_NAME, [username.toLowerCase()]);
      return found?.[0] ?? null;
    },
    users: usersFound(deps),
    async partners(userId) {
      return (await database.query(PARTNERS, [userId])).map(([id]) => id);
    },
    presenceOf,
    async seenPresence(userIds) {
      const [presences, partners] = await Promise.all([
        presenceOf(userIds),
        database.query(PARTNERS_OF, [userIds]),
      ]);
      const of = new Map(
        userIds.map((userId) => [userId, { observers: [] as string[], hiddenFrom: [] as string[] }]),
      );
      for (const [userId, partner, isBlocked] of partners)
        of.get(userId)?.[isBlocked ? 'hiddenFrom' : 'observers'].push(partner);
      return presences.map((each) => ({ observers: [], hiddenFrom: [], ...each, ...of.get(each.userId) }));
    },
    async presenceChangedSince(at, { after, limit }) {
      return (await database.query(CHANGED_SINCE, [at, after ?? BELOW_ALL, limit])).map(([id]) => id);
    },
  };
};

/** Users by the beginnings of their names [U7]. */
const usersFound =
  ({ database, clock }: PostgresQueryDeps): Queries['users'] =>
  async (viewerId, prefix, limit) => {
    // Usernames are plain and in lower case, so the query alone needs folding.
    const from = fold(prefix.trim());
    if (!isStorable(from)) return [];
    const range = [from, from + AFTER_ALL];
    const found = await database.query(BY_PREFIX, [viewerId, ...range, limit]);
    const [first, ...others] = termsOf(prefix);
    const left = limit - found.length;
    const asked = [viewerId, ...range, left, first, `${first ?? ''}${AFTER_ALL}`, others];
    const byWord = left > 0 && first !== undefined ? await database.query(BY_WORD, asked) : [];
    return seenUsers([...found, ...byWord], clock.now());
  };

/** Users as their viewer sees them. */
export const seenUsers = (found: readonly SeenUserTuple[], now: number) => {
  const rows = new LoadedRows(now);
  return found.map(([viewer, showsPresence, ...raw]) => {
    const user = rows.addUser(raw);
    if (showsPresence) rows.addShown(user.row, viewer);
    return new Presenters(rows, viewer).user(user);
  });
};
