import { statement } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { recordAction } from './audit.ts';
import { lockUserNamed } from './locked-users.ts';
import { endSessions } from './sessions.ts';

const SET_ROLE = statement('set_user_role', 'UPDATE users SET role = $2 WHERE row = $1 AND role <> $2');
const DISABLE = statement(
  'disable_user',
  'UPDATE users SET disabled_at = $2 WHERE row = $1 AND disabled_at IS NULL',
);
const ENABLE = statement(
  'enable_user',
  'UPDATE users SET disabled_at = NULL WHERE row = $1 AND disabled_at IS NOT NULL',
);

export const setUserRole: AccountWrite<'setUserRole'> = async (sql, { username, role, audit }, now) => {
  const user = await lockUserNamed(sql, username);
  if (user === null) return done({ kind: 'not-found' });
  if ((await sql.run(SET_ROLE, [user.row, role])) === 0) return done({ kind: 'unchanged', userId: user.id });
  const action = role === 'admin' ? 'user.promote' : 'user.demote';
  await recordAction(sql, audit, { action, subject: user.row }, now);
  return done({ kind: 'changed', userId: user.id });
};

/** Disables or enables a user. The sessions end in the transaction that disables, and `openSession`, which needs the same lock,
 *  refuses new ones: no session of a disabled user exists at any moment [A9]. */
export const setUserDisabled: AccountWrite<'setUserDisabled'> = async (
  sql,
  { username, disabled, audit },
  now,
) => {
  const user = await lockUserNamed(sql, username);
  if (user === null) return done({ kind: 'not-found' });
  const { row, id: userId } = user;
  const changed = disabled ? await sql.run(DISABLE, [row, now]) : await sql.run(ENABLE, [row]);
  if (changed === 0) return done({ kind: 'unchanged', userId, endedSessionIds: [] });
  const endedSessionIds = disabled ? await endSessions(sql, row) : [];
  await recordAction(sql, audit, { action: disabled ? 'user.disable' : 'user.enable', subject: row }, now);
  return done({ kind: 'changed', userId, endedSessionIds });
};
