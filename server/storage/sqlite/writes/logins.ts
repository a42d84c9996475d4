import { UNLOCKED_AT_ONCE } from '../../limits.ts';
import type { Tx, WriteStatements } from '../transactions.ts';
import { auditRecorder } from './audit.ts';
import type { MakeWrite } from './context.ts';

/** Gives a slot back, and counts what became of the attempt. */
export const settleLogin: MakeWrite<'settleLogin'> = ({ db }) => {
  const release = db.write<[string]>('DELETE FROM login_slots WHERE slot = ?');
  const [count, forget, find] = [failureCounter(db), failureForgetter(db), failuresFinder(db)];
  return (tx, { key, slot, username, outcome, windowMs }, now) => {
    tx.run(release, slot);
    if (outcome === 'wrong') return count(tx, key, username.toLowerCase(), windowMs, now);
    if (outcome === 'right') forget(tx, key, username.toLowerCase());
    return find(tx, key, windowMs, now);
  };
};

interface CountedFailures {
  readonly failures: number;
  readonly firstAt: number;
}

/** The failures of an address that count at `now`. If their window begins in the future, the clock was set back: it begins now, so
 *  that it neither ends at once nor lasts longer. */
export const failuresFinder = (
  db: WriteStatements,
): ((tx: Tx, key: string, windowMs: number, now: number) => CountedFailures) => {
  const select = db
    .read<[string], [number, number]>('SELECT failures, first_at FROM login_failures WHERE key = ?')
    .raw();
  const anchor = db.write<[number, number, string]>(
    'UPDATE login_failures SET first_at = ?, ends_at = ? WHERE key = ?',
  );
  return (tx, key, windowMs, now) => {
    const [failures = 0, firstAt = now] = tx.get(select, key) ?? [];
    if (now >= firstAt + windowMs) return { failures: 0, firstAt: now };
    if (firstAt <= now) return { failures, firstAt };
    tx.run(anchor, now, now + windowMs, key);
    return { failures, firstAt: now };
  };
};

/** Counts a failure in the window that began with the first one; after it has passed, a new window begins. With a limit of n failures
 *  an address has few rows more than n, because without a slot nothing fails [A4]. */
const failureCounter = (db: WriteStatements) => {
  const find = failuresFinder(db);
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
  return (tx: Tx, key: string, username: string, windowMs: number, now: number): CountedFailures => {
    const { failures, firstAt } = find(tx, key, windowMs, now);
    if (failures === 0) tx.run(forget, key);
    tx.run(count, key, firstAt, firstAt + windowMs);
    tx.run(countUser, key, username);
    return { failures: failures + 1, firstAt };
  };
};

/** Takes back the failures of one name. The address keeps those of other names, and the window that began with the first of all: if
 *  one success cleared them all, somebody with an account could guess the password of another one without end by logging in to
 *  their own in between. */
const failureForgetter = (db: WriteStatements): ((tx: Tx, key: string, username: string) => void) => {
  const forgetUser = db
    .write<[string, string], number>(
      `DELETE FROM login_failures_of_user
       WHERE key = ? AND user = (SELECT row FROM users WHERE username = ?) RETURNING failures`,
    )
    .pluck();
  const subtract = failureSubtractor(db);
  return (tx, key, username) => {
    const [failures = 0] = tx.returned(forgetUser, key, username);
    if (failures > 0) subtract(tx, key, failures);
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
