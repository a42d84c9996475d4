import { statement } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { recordAction } from './audit.ts';
import { lockUser, lockUserNamed } from './locked-users.ts';
import { accountOf, addSession, endSessions, setPasswordHash } from './sessions.ts';

const REPLACE = statement(
  'replace_password_reset',
  `INSERT INTO password_resets (user_row, hash, created_at, expires_at) VALUES ($1, $2, $3, $4)
   ON CONFLICT (user_row) DO UPDATE
   SET hash = excluded.hash, created_at = excluded.created_at, expires_at = excluded.expires_at`,
);
const OWNER = statement<[userId: string]>(
  'owner_of_password_reset',
  'SELECT u.id FROM password_resets p JOIN users u ON u.row = p.user_row WHERE p.hash = $1 AND p.expires_at > $2',
);
const FIND = statement(
  'find_password_reset',
  'SELECT 1 FROM password_resets WHERE user_row = $1 AND hash = $2 AND expires_at > $3 FOR UPDATE',
);
const USE_UP = statement('use_up_password_reset', 'DELETE FROM password_resets WHERE user_row = $1');

export const createPasswordReset: AccountWrite<'createPasswordReset'> = async (
  sql,
  { username, codeHash, ttlMs, audit },
  now,
) => {
  const user = await lockUserNamed(sql, username);
  if (user === null) return done({ kind: 'not-found' });
  const expiresAt = now + ttlMs;
  await sql.run(REPLACE, [user.row, codeHash, now, expiresAt]);
  const detail = { expires_at: expiresAt };
  await recordAction(sql, audit, { action: 'user.reset-password', subject: user.row, detail }, now);
  return done({ kind: 'created', userId: user.id, expiresAt });
};

/** The code names its user, whose head is locked first; after that it is looked up again, because another use of it, or a newer
 *  code, may have been committed meanwhile. */
export const usePasswordReset: AccountWrite<'usePasswordReset'> = async (
  sql,
  { codeHash, passwordHash, session },
  now,
) => {
  const [owner] = await sql.query(OWNER, [codeHash, now]);
  const user = owner === undefined ? null : await lockUser(sql, owner[0]);
  if (user === null) return done({ kind: 'invalid' });
  const { row, id: userId } = user;
  const [found, { isDisabled }] = await Promise.all([
    sql.query(FIND, [row, codeHash, now]),
    accountOf(sql, row),
  ]);
  if (found.length === 0) return done({ kind: 'invalid' });
  // The code stays, because the user may be enabled again before it expires.
  if (isDisabled) return done({ kind: 'disabled' });
  const [endedSessionIds] = await Promise.all([
    endSessions(sql, row),
    sql.run(USE_UP, [row]),
    setPasswordHash(sql, row, passwordHash),
    addSession(sql, row, session, now),
  ]);
  return done({ kind: 'used', userId, endedSessionIds });
};
