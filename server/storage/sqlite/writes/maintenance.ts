import { LOGIN_SLOT_MS, SIGNUP_WINDOW_MS } from '../../limits.ts';
import type { MakeWrite } from './context.ts';

/** Removes what has expired, at most `budget` rows of each kind. */
export const prune: MakeWrite<'prune'> = ({ db }) => {
  const deletes = [
    'DELETE FROM spent_refresh_tokens WHERE hash IN (SELECT hash FROM spent_refresh_tokens WHERE expires_at <= ? LIMIT ? + 0)',
    'DELETE FROM user_sessions WHERE row IN (SELECT row FROM user_sessions WHERE expires_at <= ? AND connected = 0 LIMIT ? + 0)',
    'DELETE FROM password_resets WHERE user IN (SELECT user FROM password_resets WHERE expires_at <= ? LIMIT ? + 0)',
    'DELETE FROM login_failures WHERE key IN (SELECT key FROM login_failures WHERE ends_at <= ? LIMIT ? + 0)',
  ].map((sql) => db.write<[number, number]>(sql));
  const signups = db.write<[number, number]>(
    'DELETE FROM signups WHERE key IN (SELECT key FROM signups WHERE first_at <= ? LIMIT ? + 0)',
  );
  const slots = db.write<[number, number, number]>(
    'DELETE FROM login_slots WHERE slot IN (SELECT slot FROM login_slots WHERE ends_at <= ? OR ends_at > ? LIMIT ? + 0)',
  );
  // After the clock was set back, windows that begin in the future are moved to now; otherwise they would last until then. This is
  // checked every time, because a clock that was ahead only for a short while leaves no other trace.
  const anchors = [
    'UPDATE login_failures SET ends_at = ends_at - first_at + :now, first_at = :now WHERE first_at > :now',
    'UPDATE signups SET first_at = :now WHERE first_at > :now',
  ].map((sql) => db.write<{ now: number }>(sql));
  return (tx, { budget }, now) => {
    for (const anchor of anchors) tx.run(anchor, { now });
    const removed = [
      ...deletes.map((removal) => tx.run(removal, now, budget).changes),
      tx.run(signups, now - SIGNUP_WINDOW_MS, budget).changes,
      tx.run(slots, now, now + LOGIN_SLOT_MS, budget).changes,
    ];
    return { more: removed.some((count) => count >= budget) };
  };
};

/** Changes a row, so that the answer proves a commit and not only a live thread. */
export const probe: MakeWrite<'probe'> = ({ db }) => {
  const touch = db.write<[]>(`UPDATE meta SET value = value + 1 WHERE key = 'probe'`);
  return (tx) => {
    tx.run(touch);
    return { kind: 'ok' };
  };
};
