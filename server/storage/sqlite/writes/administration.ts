import { auditRecorder } from './audit.ts';
import type { MakeWrite } from './context.ts';
import { disabledUsers, sessionEnder } from './sessions.ts';

export const setUserRole: MakeWrite<'setUserRole'> = ({ db, users }) => {
  const update = db.write<[string, number, string]>('UPDATE users SET role = ? WHERE row = ? AND role <> ?');
  const record = auditRecorder(db);
  return (tx, { username, role, audit }, now) => {
    const user = users.findNamed(tx, username);
    if (user === null) return { kind: 'not-found' };
    if (tx.run(update, role, user.row, role).changes === 0) return { kind: 'unchanged', userId: user.id };
    const action = role === 'admin' ? 'user.promote' : 'user.demote';
    record(tx, audit, { action, subject: user.row }, now);
    return { kind: 'changed', userId: user.id };
  };
};

/** Disables or enables a user. The sessions end in the transaction that disables, and `openSession` refuses new ones, so that no
 *  session of a disabled user exists at any moment [A9]. */
export const setUserDisabled: MakeWrite<'setUserDisabled'> = ({ db, users }) => {
  const update = db.write<[number | null, number]>('UPDATE users SET disabled_at = ? WHERE row = ?');
  const isDisabled = disabledUsers(db);
  const endSessions = sessionEnder(db);
  const record = auditRecorder(db);
  return (tx, { username, disabled, audit }, now) => {
    const user = users.findNamed(tx, username);
    if (user === null) return { kind: 'not-found' };
    if (isDisabled(tx, user.row) === disabled)
      return { kind: 'unchanged', userId: user.id, endedSessionIds: [] };
    tx.run(update, disabled ? now : null, user.row);
    const endedSessionIds = disabled ? endSessions(tx, user.row) : [];
    record(tx, audit, { action: disabled ? 'user.disable' : 'user.enable', subject: user.row }, now);
    return { kind: 'changed', userId: user.id, endedSessionIds };
  };
};
