import { statement, type Sql } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';

// Of two who use it at the same moment, the second waits for the end of the first, and then finds none.
const USE = statement(
  'use_first_admin_link',
  `UPDATE meta SET first_admin_link = NULL, first_admin_until = NULL
   WHERE first_admin_link = $1 AND first_admin_until > $2`,
);
const FIND = statement('find_first_admin_link', 'SELECT 1 FROM meta WHERE first_admin_link = $1');
const OFFER = statement(
  'offer_first_admin',
  `UPDATE meta SET first_admin_link = $1, first_admin_until = $2
   WHERE NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM reserved_names)`,
);

/** Uses the link of an empty store up, if this is its code [A11]. */
export const useFirstAdminLink = async (
  sql: Sql,
  hash: Uint8Array,
  now: number,
): Promise<'used' | 'expired' | 'other'> => {
  if ((await sql.run(USE, [hash, now])) === 1) return 'used';
  return (await sql.query(FIND, [hash])).length === 0 ? 'other' : 'expired';
};

export const offerFirstAdmin: AccountWrite<'offerFirstAdmin'> = async (sql, { hash, ttlMs }, now) => {
  const expiresAt = now + ttlMs;
  const offered = await sql.run(OFFER, [hash, expiresAt]);
  return done(offered === 1 ? { kind: 'offered', expiresAt } : { kind: 'in-use' });
};
