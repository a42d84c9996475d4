import { UNLOCKED_AT_ONCE } from '../../limits.ts';
import type { Tx, WriteStatements } from '../transactions.ts';
import { auditRecorder } from './audit.ts';
import type { MakeWrite } from './context.ts';

/** Counts a failed login in the window that began with the first failure; after it has passed, a new window begins. With a limit
 *  of n failures an address has at most n rows, because the throttle refuses further attempts [A4]. */
export const recordLoginFailure: MakeWrite<'recordLoginFailure'> = ({ db }) => {
  const select = db
    .read<[string], [number, number]>('SELECT failures, first_at FROM login_failures WHERE key = ?')
    .raw();
  const forget = db.write<[string]>('DELETE FROM login_failures WHERE key = ?');
  const count = db.write<[string, number, number]>(
    `INSERT INTO login_failures VALUES (?, 1, ?, ?)
     ON CONFLICT DO UPDATE SET failures = failures + 1, first_at = excluded.first_at, ends_at = excluded.ends_at`,
  );
  // Nothing for a name that does not exist: no successful login could ever take it back.
  const countUser = db.write<[string, string]>(
    `INSERT INTO login_failures_of_user SELECT ?, row, 1 FROM users WHERE username = ?
     ON CONFLICT DO UPDATE SET failures = failures + 1`,
  );
  return (tx, { key, username, windowMs }, now) => {
    const counted = tx.get(select, key);
    const passed = counted === undefined || now >= counted[1] + windowMs;
    if (passed) tx.run(forget, key);
    // Not in the future: the clock was set back meanwhile.
    const firstAt = passed ? now : Math.min(now, counted[1]);
    tx.run(count, key, firstAt, firstAt + windowMs);
    tx.run(countUser, key, username.toLowerCase());
    return { failures: (passed ? 0 : counted[0]) + 1, firstAt };
  };
};

/** Takes back the failures of one name. The address keeps those of other names, and the window that began with the first of all. */
export const clearLoginFailures: MakeWrite<'clearLoginFailures'> = ({ db }) => {
  const forgetUser = db
    .write<[string, string], number>(
      `DELETE FROM login_failures_of_user
       WHERE key = ? AND user = (SELECT row FROM users WHERE username = ?) RETURNING failures`,
    )
    .pluck();
  const subtract = failureSubtractor(db);
  return (tx, { key, username }) => {
    const failures = tx.returned(forgetUser, key, username.toLowerCase())[0] ?? 0;
    if (failures > 0) subtract(tx, key, failures);
    return { kind: 'cleared', failures };
  };
};

/** Takes failures off the sum of an address. */
const failureSubtractor = (db: WriteStatements): ((tx: Tx, key: string, failures: number) => void) => {
  const subtract = db.write<[number, string]>(
    'UPDATE login_failures SET failures = failures - ? WHERE key = ?',
  );
  const forgetEmpty = db.write<[string]>('DELETE FROM login_failures WHERE key = ? AND failures <= 0');
  return (tx, key, failures) => {
    tx.run(subtract, failures, key);
    tx.run(forgetEmpty, key);
  };
};

/** Forgets failed logins for an operator, by user or by address. */
export const unlockLogins: MakeWrite<'unlockLogins'> = ({ db, users }) => {
  const forgetUser = db.write<{ user: number; limit: number }, { key: string; failures: number }>(
    `DELETE FROM login_failures_of_user WHERE user = @user
       AND key IN (SELECT key FROM login_failures_of_user WHERE user = @user LIMIT @limit + 0)
     RETURNING key, failures`,
  );
  const forgetKey = db
    .write<[string], number>('DELETE FROM login_failures WHERE key = ? RETURNING failures')
    .pluck();
  const subtract = failureSubtractor(db);
  const record = auditRecorder(db);

  return (tx, { audit, ...of }, now) => {
    if ('key' in of) {
      const [failures = 0] = tx.returned(forgetKey, of.key);
      if (failures > 0)
        record(tx, audit, { action: 'user.unlock', target: of.key, detail: { failures } }, now);
      return { kind: 'unlocked', failures, keys: [of.key], more: false };
    }
    const user = users.findNamed(tx, of.username);
    if (user === null) return { kind: 'not-found' };
    const forgotten = tx.returned(forgetUser, { user: user.row, limit: UNLOCKED_AT_ONCE });
    for (const { key, failures } of forgotten) subtract(tx, key, failures);
    const failures = forgotten.reduce((sum, each) => sum + each.failures, 0);
    if (failures > 0)
      record(tx, audit, { action: 'user.unlock', subject: user.row, detail: { failures } }, now);
    const keys = forgotten.map(({ key }) => key);
    return { kind: 'unlocked', failures, keys, more: keys.length === UNLOCKED_AT_ONCE };
  };
};
