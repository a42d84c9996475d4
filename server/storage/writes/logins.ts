import type { MakeWrite } from './context.ts';

/** Counts a failed login from the first failure of the window on; a window that has passed starts anew. A limit of n failures
 *  bounds the rows of one address to n, because the throttle lets nobody count beyond it. [A4] */
export const recordLoginFailure: MakeWrite<'recordLoginFailure'> = ({ db }) => {
  const select = db
    .prepare<[string], [number, number]>('SELECT failures, first_at FROM login_failures WHERE key = ?')
    .raw();
  const forget = db.prepare<[string]>('DELETE FROM login_failures WHERE key = ?');
  const count = db.prepare<[string, number, number]>(
    `INSERT INTO login_failures VALUES (?, 1, ?, ?)
     ON CONFLICT DO UPDATE SET failures = failures + 1, first_at = excluded.first_at, ends_at = excluded.ends_at`,
  );
  // Nothing for a name that nobody has: no success can ever take it back.
  const countUser = db.prepare<[string, string]>(
    `INSERT INTO login_failures_of_user SELECT ?, row, 1 FROM users WHERE username = ?
     ON CONFLICT DO UPDATE SET failures = failures + 1`,
  );
  return ({ key, username, windowMs }, now) => {
    const counted = select.get(key);
    const passed = counted === undefined || now >= counted[1] + windowMs;
    if (passed) forget.run(key);
    // Not in the future: the clock was set back meanwhile.
    const firstAt = passed ? now : Math.min(now, counted[1]);
    count.run(key, firstAt, firstAt + windowMs);
    countUser.run(key, username.toLowerCase());
    return { failures: (passed ? 0 : counted[0]) + 1, firstAt };
  };
};

/** Takes back what was counted for one name. The others keep their failures and the window, which began with the first of all. */
export const clearLoginFailures: MakeWrite<'clearLoginFailures'> = ({ db }) => {
  const forgetUser = db
    .prepare<[string, string], number>(
      `DELETE FROM login_failures_of_user
       WHERE key = ? AND user = (SELECT row FROM users WHERE username = ?) RETURNING failures`,
    )
    .pluck();
  const subtract = db.prepare<[number, string]>(
    'UPDATE login_failures SET failures = failures - ? WHERE key = ?',
  );
  const forgetEmpty = db.prepare<[string]>('DELETE FROM login_failures WHERE key = ? AND failures <= 0');
  return ({ key, username }) => {
    const failures = forgetUser.get(key, username.toLowerCase()) ?? 0;
    if (failures > 0) {
      subtract.run(failures, key);
      forgetEmpty.run(key);
    }
    return { kind: 'cleared', failures };
  };
};

export const createInvite: MakeWrite<'createInvite'> = ({ db }) => {
  const insert = db.prepare<[Uint8Array, number]>(
    'INSERT OR IGNORE INTO invites (hash, created_at) VALUES (?, ?)',
  );
  return ({ hash }, now) => {
    insert.run(hash, now);
    return { kind: 'created' };
  };
};
