import { fold } from '../../search/fold.ts';
import { fromBlob } from '../uuid.ts';
import { AFTER_ALL } from '../../presenting/bounds.ts';
import { isDeleted, livingUser, Presenters } from '../../presenting/presenters.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type UserQueries = Pick<SnapshotQueries, 'me' | 'user' | 'userIdByName' | 'users'>;

/** Users as others may see them (SPEC §4). Deleted names are in none of these. [P7] */
export const userQueries = ({ db, rows: rowsIn }: QueryDeps): UserQueries => {
  const byName = db.read<[string], Buffer>('SELECT id FROM users WHERE username = ?').pluck();
  const byPrefix = db
    .read<[string, string, number, number], number>(
      'SELECT row FROM users WHERE username >= ? AND username < ? AND row <> ? ORDER BY username LIMIT ? + 0',
    )
    .pluck();

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
    userIdByName(rx, username) {
      const found = rx.get(byName, username.toLowerCase());
      return found === undefined ? null : fromBlob(found);
    },
    users(rx, viewerId, prefix, limit) {
      const rows = rowsIn(rx);
      const viewer = rows.user(viewerId);
      if (viewer === null) return [];
      // Names are plain and in lower case, so the query alone needs folding.
      const from = fold(prefix);
      const presenters = new Presenters(rows, viewer.row);
      return rx
        .all(byPrefix, from, from + AFTER_ALL, viewer.row, limit)
        .map((row) => presenters.user(rows.userAt(row)));
    },
  };
};
