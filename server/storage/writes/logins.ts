import type { MakeWrite } from './context.ts';

/** Counts a failed login from the first failure of the window on; a window that has passed starts anew (SPEC §3). */
export const recordLoginFailure: MakeWrite<'recordLoginFailure'> = ({ db }) => {
  const select = db
    .prepare<[string], [number, number]>('SELECT failures, first_at FROM login_failures WHERE key = ?')
    .raw();
  const upsert = db.prepare<[string, number, number, number]>(
    'INSERT OR REPLACE INTO login_failures VALUES (?, ?, ?, ?)',
  );
  return ({ key, windowMs }, now) => {
    const counted = select.get(key);
    const passed = counted === undefined || now >= counted[1] + windowMs;
    const failures = (passed ? 0 : counted[0]) + 1;
    // Not in the future: the clock was set back meanwhile.
    const firstAt = passed ? now : Math.min(now, counted[1]);
    upsert.run(key, failures, firstAt, firstAt + windowMs);
    return { failures, firstAt };
  };
};

export const clearLoginFailures: MakeWrite<'clearLoginFailures'> = ({ db }) => {
  const remove = db.prepare<[string]>('DELETE FROM login_failures WHERE key = ?');
  return ({ key }) => {
    remove.run(key);
    return { kind: 'cleared' };
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
