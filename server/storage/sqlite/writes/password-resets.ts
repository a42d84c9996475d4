import { fromBlob } from '../uuid.ts';
import { auditRecorder } from './audit.ts';
import type { MakeWrite } from './context.ts';
import { disabledUsers, sessionEnder, sessionInserter } from './sessions.ts';

export const createPasswordReset: MakeWrite<'createPasswordReset'> = ({ db, users }) => {
  const replace = db.write<[number, Uint8Array, number, number]>(
    'INSERT OR REPLACE INTO password_resets (user, hash, created_at, expires_at) VALUES (?, ?, ?, ?)',
  );
  const record = auditRecorder(db);
  return (tx, { username, codeHash, ttlMs, audit }, now) => {
    const user = users.findNamed(tx, username);
    if (user === null) return { kind: 'not-found' };
    const expiresAt = now + ttlMs;
    tx.run(replace, user.row, codeHash, now, expiresAt);
    const detail = { expires_at: expiresAt };
    record(tx, audit, { action: 'user.reset-password', subject: user.row, detail }, now);
    return { kind: 'created', userId: user.id, expiresAt };
  };
};

export const usePasswordReset: MakeWrite<'usePasswordReset'> = ({ db }) => {
  const find = db
    .read<[Uint8Array, number], [number, Buffer]>(
      `SELECT u.row, u.id FROM password_resets p JOIN users u ON u.row = p.user
       WHERE p.hash = ? AND p.expires_at > ?`,
    )
    .raw();
  const useUp = db.write<[number]>('DELETE FROM password_resets WHERE user = ?');
  const setHash = db.write<[string, number]>('UPDATE credentials SET password_hash = ? WHERE user = ?');
  const isDisabled = disabledUsers(db);
  const endSessions = sessionEnder(db);
  const addSession = sessionInserter(db);
  return (tx, { codeHash, passwordHash, session }, now) => {
    const found = tx.get(find, codeHash, now);
    if (found === undefined) return { kind: 'invalid' };
    const [user, id] = found;
    // The code stays, because the user may be enabled again before it expires.
    if (isDisabled(tx, user)) return { kind: 'disabled' };
    tx.run(useUp, user);
    tx.run(setHash, passwordHash, user);
    const endedSessionIds = endSessions(tx, user);
    addSession(tx, user, session, now);
    return { kind: 'used', userId: fromBlob(id), endedSessionIds };
  };
};
