import { fold } from '../../search/fold.ts';
import type { Rx } from '../transactions.ts';
import { fromBlob } from '../uuid.ts';
import { AFTER_ALL } from '../../presenting/bounds.ts';
import { isDeleted, livingUser, Presenters } from '../../presenting/presenters.ts';
import type { QueryDeps, SnapshotQueries } from './snapshot-queries.ts';

type UserQueries = Pick<
  SnapshotQueries,
  | 'me'
  | 'user'
  | 'userIdByName'
  | 'users'
  | 'partners'
  | 'presenceOf'
  | 'seenPresence'
  | 'presenceChangedSince'
>;

/** Users as others may see them (SPEC §4). Deleted names are in none of these. [P7] */
export const userQueries = ({ db, rows: rowsIn }: QueryDeps): UserQueries => {
  const byName = db.read<[string], Buffer>('SELECT id FROM users WHERE username = ?').pluck();
  const byPrefix = db
    .read<[string, string, number, number], number>(
      'SELECT row FROM users WHERE username >= ? AND username < ? AND row <> ? ORDER BY username LIMIT ? + 0',
    )
    .pluck();
  const partners = db
    .read<[number], Buffer>(
      `SELECT u.id FROM members m JOIN conversations c ON c.row = m.conversation JOIN users u ON u.row = m.peer
       WHERE m.user = ? AND CASE WHEN c.low = m.user THEN c.low_sent ELSE c.high_sent END > 0 AND u.is_anonymized = 0`,
    )
    .pluck();

  const partnersOf = (rx: Rx, userId: string): readonly string[] => {
    const user = rowsIn(rx).user(userId);
    // Presence of a deleted user, such as the end of the last connection, is announced to nobody.
    return user === null || isDeleted(user) ? [] : rx.all(partners, user.row).map(fromBlob);
  };
  const presenceOf = (rx: Rx, userIds: readonly string[]) => {
    const rows = rowsIn(rx);
    return userIds.flatMap((userId) => {
      const user = rows.user(userId);
      return user === null || isDeleted(user) ? [] : [{ userId, ...rows.presence(user.row) }];
    });
  };

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
    partners: partnersOf,
    presenceOf,
    seenPresence: (rx, userIds) =>
      presenceOf(rx, userIds).map((each) => ({ ...each, observers: partnersOf(rx, each.userId) })),
    // No other host writes to this store, and this one announces what it changes.
    presenceChangedSince: () => [],
  };
};
