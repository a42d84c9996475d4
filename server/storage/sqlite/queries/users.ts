import type { AvatarType } from '../../../protocol/avatar-type.ts';
import { fold } from '../../search/fold.ts';
import { termsOf } from '../../search/matches.ts';
import { fromBlob, toBlob } from '../uuid.ts';
import { hasWords, IS_FIRST_WORD } from './name-words.ts';
import { AFTER_ALL } from '../../presenting/bounds.ts';
import { isDeleted, livingUser, Presenters } from '../../presenting/presenters.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

interface WordsAsked {
  readonly first: string;
  readonly prefix: string;
  readonly viewer: number;
  readonly terms: string;
  readonly limit: number;
}
type UserQueries = Pick<SnapshotQueries, 'me' | 'user' | 'avatar' | 'userIdByName' | 'users'>;

/** Users as others may see them (SPEC §4). Deleted names are in none of these. [P7] */
export const userQueries = (deps: QueryDeps): UserQueries => {
  const { db, rows: rowsIn } = deps;
  const byName = db.read<[string], Buffer>('SELECT id FROM users WHERE username = ?').pluck();
  const avatar = db
    .read<[Buffer], [AvatarType, string, Buffer]>(
      'SELECT a.type, u.avatar, a.bytes FROM users u JOIN avatars a ON a.user = u.row WHERE u.id = ?',
    )
    .raw();

  return {
    me(rx, userId) {
      const rows = rowsIn(rx);
      const user = rows.user(userId);
      return user === null || isDeleted(user) ? null : livingUser(user, rows.presence(user.row));
    },
    user(rx, viewerId, userId) {
      const rows = rowsIn(rx);
      const viewer = rows.user(viewerId);
      const user = rows.user(userId);
      return viewer === null || user === null ? null : new Presenters(rows, viewer.row).user(user);
    },
    avatar(rx, userId) {
      const found = rx.get(avatar, toBlob(userId));
      if (found === undefined) return null;
      const [type, version, bytes] = found;
      return { type, version, bytes };
    },
    userIdByName(rx, username) {
      const found = rx.get(byName, username.toLowerCase());
      return found === undefined ? null : fromBlob(found);
    },
    users: usersFound(deps),
  };
};

/** Users by the beginnings of their names [U7]. Deleted names are in none of the tables that are read here. */
const usersFound = ({ db, rows: rowsIn }: QueryDeps): SnapshotQueries['users'] => {
  const byPrefix = db
    .read<[string, string, number, number], number>(
      'SELECT row FROM users WHERE username >= ? AND username < ? AND row <> ? ORDER BY username LIMIT ? + 0',
    )
    .pluck();
  const byWord = db
    .read<WordsAsked, number>(
      `SELECT u.row FROM user_name_words w JOIN users u ON u.row = w.user
       WHERE ${IS_FIRST_WORD} AND NOT (u.username >= @prefix AND u.username < @prefix || char(1114111))
         AND u.row <> @viewer AND ${hasWords('@terms')}
       ORDER BY w.word, w.user LIMIT @limit + 0`,
    )
    .pluck();
  return (rx, viewerId, prefix, limit) => {
    const rows = rowsIn(rx);
    const viewer = rows.user(viewerId);
    if (viewer === null) return [];
    // Usernames are plain and in lower case, so the query alone needs folding.
    const from = fold(prefix.trim());
    const presenters = new Presenters(rows, viewer.row);
    const found = rx.all(byPrefix, from, from + AFTER_ALL, viewer.row, limit);
    const [first, ...others] = termsOf(prefix);
    if (found.length < limit && first !== undefined) {
      const terms = JSON.stringify(others);
      const asked = { first, prefix: from, viewer: viewer.row, terms, limit: limit - found.length };
      found.push(...rx.all(byWord, asked));
    }
    return found.map((row) => presenters.user(rows.userAt(row)));
  };
};
