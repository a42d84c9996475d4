import { AUDIT_KEPT, AUDIT_KEPT_MS, SIGNUP_WINDOW_MS } from '../../limits.ts';
import { statement } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { areAttachmentsDue, removeAttachments } from './remove-attachments.ts';

/** Keys of rows that nobody else has locked, at most `$2` of them: several hosts do not wait for each other. In the order of an
 *  index, because otherwise a table in which nothing has expired would be read to its end each time. */
const chosen = (table: string, key: string, column: string, condition: string): string =>
  `${key} = ANY (ARRAY(
     SELECT ${key} FROM ${table} WHERE ${column} ${condition} ORDER BY ${column} LIMIT $2 FOR UPDATE SKIP LOCKED))`;
const removal = (table: string, key: string, column: string, condition = '<= $1') =>
  statement(`prune_${table}`, `DELETE FROM ${table} WHERE ${chosen(table, key, column, condition)}`);
const anchor = (table: string, set: string) =>
  statement(
    `anchor_${table}`,
    `UPDATE ${table} SET ${set} WHERE ${chosen(table, 'key', 'first_at', '> $1')}`,
  );

// After the clock was set back, windows that begin in the future are moved to now; otherwise they would last until then. This is
// checked every time, because a clock that was ahead only for a short while leaves no other trace.
const ANCHORS = [
  anchor('login_failures', 'ends_at = ends_at - first_at + $1, first_at = $1'),
  anchor('signups', 'first_at = $1'),
];
// With an address go its failures by name, and these may be locked by a deletion: the one thing here that can wait, so it comes
// first, while nothing else is held.
const LOGIN_FAILURES = removal('login_failures', 'key', 'ends_at');
const EXPIRED = [
  removal('spent_refresh_tokens', 'hash', 'expires_at'),
  removal('user_sessions', 'row', 'expires_at', '<= $1 AND NOT connected'),
  removal('login_slots', 'slot', 'ends_at'),
  removal('password_resets', 'user_row', 'expires_at'),
];
const SIGNUPS = removal('signups', 'key', 'first_at');
// Looks at the oldest only, which are found by their numbers. The newest stays, as with SQLite.
const AUDIT = statement(
  'prune_audit_records',
  `DELETE FROM audit_records WHERE row = ANY (ARRAY(
     SELECT row FROM audit_records
     WHERE row <= (SELECT max(row) FROM (SELECT row FROM audit_records ORDER BY row LIMIT $2) AS looked_at)
       AND (at <= $1 AND row < (SELECT max(row) FROM audit_records)
         OR row <= (SELECT max(row) FROM audit_records) - $3)
     ORDER BY row LIMIT $2 FOR UPDATE SKIP LOCKED))`,
);
const PROBE = statement('touch_probe', 'UPDATE meta SET probe = probe + 1');

/** Removes what has expired, at most `budget` rows of each kind. Attachments take long, because of their bytes: they go in a transaction that
 *  has removed nothing else, and so keeps nobody waiting. */
export const prune: AccountWrite<'prune'> = async (sql, { budget, auditKept = AUDIT_KEPT }, now) => {
  const changed = await Promise.all([
    sql.run(LOGIN_FAILURES, [now, budget]),
    ...ANCHORS.map((move) => sql.run(move, [now, budget])),
    ...EXPIRED.map((remove) => sql.run(remove, [now, budget])),
    sql.run(SIGNUPS, [now - SIGNUP_WINDOW_MS, budget]),
    sql.run(AUDIT, [now - AUDIT_KEPT_MS, budget, auditKept]),
  ]);
  if (changed.every((count) => count === 0)) return done({ more: await removeAttachments(sql, budget, now) });
  return done({ more: changed.some((count) => count >= budget) || (await areAttachmentsDue(sql, now)) });
};

/** Changes a row, so that the answer proves a commit and not only a live thread. */
export const probe: AccountWrite<'probe'> = async (sql) => {
  await sql.run(PROBE);
  return done({ kind: 'ok' });
};
