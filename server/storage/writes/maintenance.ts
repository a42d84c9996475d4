import type { MakeWrite } from './context.ts';

const HOUR_MS = 3_600_000;

/** Removes what time has ended, at most `budget` rows a kind. */
export const prune: MakeWrite<'prune'> = ({ db }) => {
  const deletes = [
    'DELETE FROM spent_refresh_tokens WHERE hash IN (SELECT hash FROM spent_refresh_tokens WHERE expires_at <= ? LIMIT ? + 0)',
    'DELETE FROM user_sessions WHERE row IN (SELECT row FROM user_sessions WHERE expires_at <= ? AND connected = 0 LIMIT ? + 0)',
    'DELETE FROM login_failures WHERE key IN (SELECT key FROM login_failures WHERE ends_at <= ? LIMIT ? + 0)',
  ].map((sql) => db.prepare<[number, number]>(sql));
  const signups = db.prepare<[number, number]>(
    'DELETE FROM signups WHERE key IN (SELECT key FROM signups WHERE first_at <= ? LIMIT ? + 0)',
  );
  // When the clock was set back, what began in the future begins now: kept as it is, it would last until then. Looked for each
  // time, because a clock that was ahead for less than a round of this leaves no other sign.
  const anchors = [
    'UPDATE login_failures SET ends_at = ends_at - first_at + :now, first_at = :now WHERE first_at > :now',
    'UPDATE signups SET first_at = :now WHERE first_at > :now',
  ].map((sql) => db.prepare<{ now: number }>(sql));
  return ({ budget }, now) => {
    for (const anchor of anchors) anchor.run({ now });
    const removed = [
      ...deletes.map((removal) => removal.run(now, budget).changes),
      signups.run(now - HOUR_MS, budget).changes,
    ];
    return { more: removed.some((count) => count >= budget) };
  };
};

/** Changes a row, so that the answer proves a commit and not only a live thread. */
export const probe: MakeWrite<'probe'> = ({ db }) => {
  const touch = db.prepare(`UPDATE meta SET value = value + 1 WHERE key = 'probe'`);
  return () => {
    touch.run();
    return { kind: 'ok' };
  };
};
