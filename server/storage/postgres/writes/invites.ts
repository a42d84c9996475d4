import { statement } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { recordAction } from './audit.ts';

const INSERT = statement<[id: number]>(
  'insert_invite',
  'INSERT INTO invites (hash, created_at, uses_left, expires_at) VALUES ($1, $2, $3, $4) RETURNING row',
);
const FIND = statement('find_invite', 'SELECT 1 FROM invites WHERE row = $1');
const REVOKE = statement(
  'revoke_invite',
  'UPDATE invites SET revoked_at = $2 WHERE row = $1 AND revoked_at IS NULL',
);

/** Stores the hash of an invitation. */
export const createInvite: AccountWrite<'createInvite'> = async (
  sql,
  { hash, uses = 1, ttlMs = null, audit = null },
  now,
) => {
  const expiresAt = ttlMs === null ? null : now + ttlMs;
  const [inserted] = await sql.query(INSERT, [hash, now, uses, expiresAt]);
  if (inserted === undefined) throw new Error('an insertion has returned nothing');
  const [id] = inserted;
  const detail = { uses, expires_at: expiresAt };
  await recordAction(sql, audit, { action: 'invite.create', target: String(id), detail }, now);
  return done({ kind: 'created', id });
};

export const revokeInvite: AccountWrite<'revokeInvite'> = async (sql, { id, audit }, now) => {
  const [revoked, found] = await Promise.all([sql.run(REVOKE, [id, now]), sql.query(FIND, [id])]);
  if (found.length === 0) return done({ kind: 'not-found' });
  if (revoked === 0) return done({ kind: 'unchanged' });
  await recordAction(sql, audit, { action: 'invite.revoke', target: String(id) }, now);
  return done({ kind: 'revoked' });
};
