import { DELETED_AT_ONCE } from '../../limits.ts';
import { ERASED_AT_ONCE } from '../deletion-policy.ts';
import { fromBlob } from '../uuid.ts';
import { auditRecorder } from './audit.ts';
import type { MakeWrite } from './context.ts';
import { deletionSteps } from './deletion-steps.ts';
import { staleHashes } from './sessions.ts';

/** Deletes a user [P7] [A5]: moves the name to `reserved_names` and removes sessions, presence, password and profile, so that every
 *  answer shows the user as deleted from now on. The row stays, because the peers' histories refer to it. `continueSteps`
 *  does the work that grows with the user's messages and peers. */
export const deleteUser: MakeWrite<'deleteUser'> = (context) => {
  const { db, users, log } = context;
  const reserve = db.write<[string]>('INSERT INTO reserved_names VALUES (?)');
  const anonymise = db.write<[number, number]>(
    `UPDATE users SET username = NULL, deleted_at = ?, is_anonymized = 1, role = 'user', disabled_at = NULL,
       display_name = NULL, about = NULL, avatar = NULL
     WHERE row = ?`,
  );
  const sessions = db.read<[number], Buffer>('SELECT id FROM user_sessions WHERE user = ?').pluck();
  const deletes = [...ERASED_AT_ONCE, 'connections'].map((table) =>
    db.write<[number]>(`DELETE FROM ${table} WHERE user = ?`),
  );
  // The next removal of what has expired takes them along.
  const expire = db.write<[number]>(
    'UPDATE attachments SET at = 0 WHERE uploader = ? AND conversation IS NULL',
  );
  const pend = db.write<[number, string, number]>(
    'INSERT INTO pending_deletions (user, name, message) VALUES (?, ?, ?)',
  );
  const { carryOut } = deletionSteps(context);
  const record = auditRecorder(db);
  const isStale = staleHashes(db);

  return (tx, input, now) => {
    const user = users.findLiving(tx, input.userId);
    if (user === null) return { kind: 'not-found' };
    if ('verifiedHash' in input && isStale(tx, user.row, input.verifiedHash)) return { kind: 'stale' };
    const endedSessionIds = tx.all(sessions, user.row).map(fromBlob);
    tx.run(reserve, user.name);
    for (const removal of deletes) tx.run(removal, user.row);
    tx.run(anonymise, now, user.row);
    tx.run(expire, user.row);
    tx.run(pend, user.row, user.name, log.lastMessage(tx, user.row));
    users.forget();
    record(tx, 'audit' in input ? input.audit : null, { action: 'user.delete', subject: user.row }, now);
    return { kind: 'deleted', endedSessionIds, left: carryOut(tx, DELETED_AT_ONCE, now) };
  };
};
