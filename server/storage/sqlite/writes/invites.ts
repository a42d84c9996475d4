import { auditRecorder } from './audit.ts';
import type { MakeWrite, WriteContext } from './context.ts';

/** Stores the hash of an invitation. Needs nothing of the context but its statements, so that a command without a server can run
 *  it too. */
export const createInvite = ({ db }: Pick<WriteContext, 'db'>): ReturnType<MakeWrite<'createInvite'>> => {
  const insert = db.write<[Uint8Array, number, number, number | null]>(
    'INSERT INTO invites (hash, created_at, uses_left, expires_at) VALUES (?, ?, ?, ?)',
  );
  const record = auditRecorder(db);
  return (tx, { hash, uses = 1, ttlMs = null, audit = null }, now) => {
    const expiresAt = ttlMs === null ? null : now + ttlMs;
    const id = Number(tx.run(insert, hash, now, uses, expiresAt).lastInsertRowid);
    const target = String(id);
    record(tx, audit, { action: 'invite.create', target, detail: { uses, expires_at: expiresAt } }, now);
    return { kind: 'created', id };
  };
};

export const revokeInvite: MakeWrite<'revokeInvite'> = ({ db }) => {
  const find = db.read<[number], number>('SELECT 1 FROM invites WHERE row = ?').pluck();
  const revoke = db.write<[number, number]>(
    'UPDATE invites SET revoked_at = ? WHERE row = ? AND revoked_at IS NULL',
  );
  const record = auditRecorder(db);
  return (tx, { id, audit }, now) => {
    if (tx.get(find, id) === undefined) return { kind: 'not-found' };
    if (tx.run(revoke, now, id).changes === 0) return { kind: 'unchanged' };
    record(tx, audit, { action: 'invite.revoke', target: String(id) }, now);
    return { kind: 'revoked' };
  };
};
