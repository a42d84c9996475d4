import { LOGIN_SLOT_MS } from '../../limits.ts';
import { statement } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';

// The row of the address is the lock of its slots: made where there is none, and removed with what has expired. A window that begins in
// the future, because the clock was set back, begins now.
export const LOCK_SLOTS = statement<[failures: number, firstAt: number]>(
  'lock_login_slots',
  `INSERT INTO login_failures AS f (key, failures, first_at, ends_at)
   VALUES ($1, 0, $2::bigint, $2::bigint + ${String(LOGIN_SLOT_MS)})
   ON CONFLICT (key) DO UPDATE SET first_at = least(f.first_at, $2::bigint),
     ends_at = f.ends_at - greatest(0, f.first_at - $2::bigint)
   RETURNING failures, first_at`,
);
// One that ends later than any could comes from before the clock was set back, and counts as ended.
const LIVING = statement<[slots: number, firstEndsAt: number | null]>(
  'living_login_slots',
  `SELECT count(*), min(ends_at) FROM login_slots
   WHERE key = $1 AND ends_at > $2::bigint AND ends_at <= $2::bigint + ${String(LOGIN_SLOT_MS)}`,
);
const TAKE = statement('take_login_slot', 'INSERT INTO login_slots (slot, key, ends_at) VALUES ($1, $2, $3)');
export const RELEASE_SLOT = statement('release_login_slot', 'DELETE FROM login_slots WHERE slot = $1');

/** Takes a slot if the failures of the address and its slots are fewer than the limit. The slots are read once the lock is held, so
 *  none is missed that another host has given meanwhile. */
export const enterLogin: AccountWrite<'enterLogin'> = async (
  sql,
  { key, slot, maxFailures, windowMs },
  now,
) => {
  const [[[stored, firstAt] = [0, now]], [[slots, firstEndsAt] = [0, null]]] = await Promise.all([
    sql.query(LOCK_SLOTS, [key, now]),
    sql.query(LIVING, [key, now]),
  ]);
  const failures = now >= firstAt + windowMs ? 0 : stored;
  if (failures >= maxFailures) return done({ kind: 'limited', until: firstAt + windowMs });
  if (failures + slots >= maxFailures) return done({ kind: 'wait', slots, firstEndsAt: firstEndsAt ?? now });
  await sql.run(TAKE, [slot, key, now + LOGIN_SLOT_MS]);
  return done({ kind: 'entered' });
};
