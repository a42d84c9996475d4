import type { Connection } from '../open.ts';
import { fold } from '../search/fold.ts';
import type { Queries } from '../store.ts';
import { fromBlob } from '../uuid.ts';
import type { Rows } from './rows.ts';
import { isDeleted, livingUser, Presenters } from './presenters.ts';

type PeopleQueries = Pick<Queries, 'me' | 'user' | 'userIdByName' | 'users' | 'partners' | 'presenceOf'>;

/** After every character that a name may hold. */
const AFTER_ALL = '\u{10FFFF}';

/** People as others may see them (SPEC §4). Deleted names are in none of these. [P7] */
export const peopleQueries = (db: Connection, rows: Rows): PeopleQueries => {
  const byName = db.prepare<[string], Buffer>('SELECT id FROM users WHERE username = ?').pluck();
  const byPrefix = db
    .prepare<[string, string, number, number], number>(
      'SELECT row FROM users WHERE username >= ? AND username < ? AND row <> ? ORDER BY username LIMIT ? + 0',
    )
    .pluck();
  const partners = db
    .prepare<[number], Buffer>(
      `SELECT u.id FROM members m JOIN conversations c ON c.row = m.conversation JOIN users u ON u.row = m.peer
       WHERE m.user = ? AND CASE WHEN c.low = m.user THEN c.low_sent ELSE c.high_sent END > 0 AND u.is_anonymized = 0`,
    )
    .pluck();

  return {
    me(userId) {
      const person = rows.person(userId);
      return person === null || isDeleted(person) ? null : livingUser(person, rows.presence(person.row));
    },
    user(viewerId, userId) {
      const viewer = rows.person(viewerId);
      const person = rows.person(userId);
      return viewer === null || person === null ? null : new Presenters(rows, viewer.row).user(person);
    },
    userIdByName(username) {
      const found = byName.get(username.toLowerCase());
      return found === undefined ? null : fromBlob(found);
    },
    users(viewerId, prefix, limit) {
      const viewer = rows.person(viewerId);
      if (viewer === null) return [];
      // Names are plain and in lower case, so the query alone needs folding.
      const from = fold(prefix);
      const views = new Presenters(rows, viewer.row);
      return byPrefix
        .all(from, from + AFTER_ALL, viewer.row, limit)
        .map((row) => views.user(rows.personAt(row)));
    },
    partners(userId) {
      const person = rows.person(userId);
      // What is still told of a deleted person, such as the end of their last connection, is for nobody.
      return person === null || isDeleted(person) ? [] : partners.all(person.row).map(fromBlob);
    },
    presenceOf(userIds) {
      return userIds.flatMap((userId) => {
        const person = rows.person(userId);
        return person === null || isDeleted(person) ? [] : [{ userId, ...rows.presence(person.row) }];
      });
    },
  };
};
