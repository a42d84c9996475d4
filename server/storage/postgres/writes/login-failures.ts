import { UNLOCKED_AT_ONCE } from '../../limits.ts';
import { statement, type Sql } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { recordAction } from './audit.ts';
import { lockUserNamed } from './locked-users.ts';
import { LOCK_SLOTS, RELEASE_SLOT } from './login-slots.ts';

// The row of the address is the lock of all that is counted for it. Not in the future: the clock was set back meanwhile.
const COUNT = statement<[failures: number, firstAt: number]>(
  'count_login_failure',
  `INSERT INTO login_failures AS f (key, failures, first_at, ends_at)
   VALUES ($1, 1, $2::bigint, $2::bigint + $3::bigint)
   ON CONFLICT (key) DO UPDATE SET (failures, first_at, ends_at) = (
     SELECT CASE WHEN has_passed THEN 1 ELSE f.failures + 1 END, began, began + $3::bigint
     FROM (SELECT f.failures = 0 OR $2::bigint >= f.first_at + $3::bigint) AS earlier (has_passed),
       LATERAL (SELECT CASE WHEN has_passed THEN $2::bigint ELSE least($2::bigint, f.first_at) END) AS counted (began))
   RETURNING failures, first_at`,
);
// The first of a window: what was counted by name belongs to the one before.
const FORGET_NAMES = statement(
  'forget_login_failures_by_name',
  `DELETE FROM login_failures_of_user
   WHERE key = $1 AND (SELECT failures FROM login_failures WHERE key = $1) = 1`,
);
// Nothing for a name that does not exist: no successful login could ever take it back. The lock makes a deletion that is under way
// decide first, so that nothing is counted for a user who is gone.
const COUNT_NAME = statement(
  'count_login_failure_by_name',
  `INSERT INTO login_failures_of_user AS f (key, user_row, failures)
   SELECT $1::text, u.row, 1 FROM users u WHERE u.username = $2 FOR KEY SHARE OF u
   ON CONFLICT (key, user_row) DO UPDATE SET failures = f.failures + 1`,
);
const FIND = statement<[failures: number, firstAt: number]>(
  'find_login_failures',
  'SELECT failures, first_at FROM login_failures WHERE key = $1 AND failures > 0 AND first_at > $2',
);
const LOCK_KEYS = statement<[key: string]>(
  'lock_login_failures',
  'SELECT key FROM login_failures WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE',
);
const KEYS_OF_USER = statement<[key: string]>(
  'login_failure_keys_of_user',
  `SELECT key FROM login_failures_of_user WHERE user_row = $1 LIMIT ${String(UNLOCKED_AT_ONCE)}`,
);
// The address keeps those of other names, and the window that began with the first of all: if one success cleared them all, somebody
// with an account could guess the password of another one without end by logging in to their own in between.
const FORGET_NAME = statement<[failures: number]>(
  'forget_login_failures_of_name',
  `DELETE FROM login_failures_of_user
   WHERE key = $1 AND user_row = (SELECT row FROM users WHERE username = $2) RETURNING failures`,
);
const FORGET_USER = statement<[key: string, failures: number]>(
  'forget_login_failures_of_user',
  'DELETE FROM login_failures_of_user WHERE user_row = $1 AND key = ANY($2::text[]) RETURNING key, failures',
);
const FORGET_KEY = statement<[failures: number]>(
  'forget_login_failures_of_key',
  'DELETE FROM login_failures WHERE key = $1 RETURNING failures',
);
const SUBTRACT = statement(
  'subtract_login_failures',
  `UPDATE login_failures f SET failures = f.failures - t.failures
   FROM unnest($1::text[], $2::integer[]) AS t (key, failures) WHERE f.key = t.key`,
);
const FORGET_EMPTY = statement(
  'forget_empty_login_failures',
  'DELETE FROM login_failures WHERE key = ANY($1::text[]) AND failures <= 0',
);

/** Gives a slot back, and counts what became of the attempt. The row of the address is locked before that of the slot. */
export const settleLogin: AccountWrite<'settleLogin'> = async (
  sql,
  { key, slot, username, outcome, windowMs },
  now,
) => {
  const name = username.toLowerCase();
  if (outcome === 'wrong') return done(await count(sql, key, slot, name, windowMs, now));
  const [, , forgotten] = await Promise.all([
    sql.query(LOCK_SLOTS, [key, now]),
    sql.run(RELEASE_SLOT, [slot]),
    outcome === 'right' ? sql.query(FORGET_NAME, [key, name]) : [],
  ]);
  const taken = forgotten[0]?.[0] ?? 0;
  if (taken > 0) await subtract(sql, [[key, taken]]);
  const [[failures, firstAt] = [0, now]] = await sql.query(FIND, [key, now - windowMs]);
  return done({ failures, firstAt });
};

/** Counts a failure in the window that began with the first one; after it has passed, a new window begins. With a limit of n failures
 *  an address has few rows more than n, because without a slot nothing fails [A4]. */
const count = async (
  sql: Sql,
  key: string,
  slot: string,
  name: string,
  windowMs: number,
  now: number,
): Promise<{ failures: number; firstAt: number }> => {
  const [[[failures, firstAt] = [1, now]]] = await Promise.all([
    sql.query(COUNT, [key, now, windowMs]),
    sql.run(RELEASE_SLOT, [slot]),
    sql.run(FORGET_NAMES, [key]),
    sql.run(COUNT_NAME, [key, name]),
  ]);
  return { failures, firstAt };
};

/** Takes failures off the sums of addresses, whose rows are locked. */
const subtract = async (sql: Sql, from: readonly (readonly [key: string, failures: number])[]) => {
  const keys = from.map(([key]) => key);
  const failures = from.map(([, count]) => count);
  await Promise.all([sql.run(SUBTRACT, [keys, failures]), sql.run(FORGET_EMPTY, [keys])]);
};

/** Forgets failed logins for an operator, by user or by address. */
export const unlockLogins: AccountWrite<'unlockLogins'> = async (sql, { audit, ...of }, now) => {
  if ('key' in of) {
    const [found] = await sql.query(FORGET_KEY, [of.key]);
    const failures = found?.[0] ?? 0;
    if (failures > 0)
      await recordAction(sql, audit, { action: 'user.unlock', target: of.key, detail: { failures } }, now);
    return done({ kind: 'unlocked', failures, keys: [of.key], more: false });
  }
  const user = await lockUserNamed(sql, of.username);
  if (user === null) return done({ kind: 'not-found' });
  const asked = (await sql.query(KEYS_OF_USER, [user.row])).map(([key]) => key);
  // Not those whose row has gone meanwhile: it may be there anew, and locked by somebody else.
  const locked = (await sql.query(LOCK_KEYS, [asked])).map(([key]) => key);
  const forgotten = await sql.query(FORGET_USER, [user.row, locked]);
  await subtract(sql, forgotten);
  const failures = forgotten.reduce((sum, [, count]) => sum + count, 0);
  if (failures > 0)
    await recordAction(sql, audit, { action: 'user.unlock', subject: user.row, detail: { failures } }, now);
  const keys = forgotten.map(([key]) => key);
  return done({ kind: 'unlocked', failures, keys, more: asked.length === UNLOCKED_AT_ONCE });
};
