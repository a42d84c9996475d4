import { SESSIONS_MAX } from '../../presenting/session-resource.ts';
import type { NewSession } from '../../writes.ts';
import { statement, type Sql } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { recordAction } from './audit.ts';
import { lockUser } from './locked-users.ts';

/** In the order of `sessionValues`. */
export const SESSION_COLUMNS =
  'id, refresh_hash, created_at, expires_at, last_activity, ip_address, user_agent';

export const sessionValues = (session: NewSession, now: number) =>
  [
    ...([session.id, session.refreshHash, now, now + session.ttlMs, now] as const),
    ...([session.ipAddress, session.userAgent] as const),
  ] as const;

const INSERT = statement(
  'insert_session',
  `INSERT INTO user_sessions (user_row, ${SESSION_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
// Makes room for one. What a clock that ran ahead has stored counts as of now.
const END_OLDEST = statement(
  'end_oldest_sessions',
  `DELETE FROM user_sessions WHERE row IN (
     SELECT row FROM user_sessions WHERE user_row = $1 AND NOT connected
     ORDER BY least(last_activity, $2), row
     LIMIT greatest(0, (SELECT count(*) FROM user_sessions WHERE user_row = $1) + 1 - ${String(SESSIONS_MAX)}))`,
);
const ACCOUNT = statement<[passwordHash: string, isDisabled: boolean]>(
  'find_account',
  'SELECT password_hash, disabled_at IS NOT NULL FROM users WHERE row = $1',
);
const SET_HASH = statement('set_password_hash', 'UPDATE users SET password_hash = $2 WHERE row = $1');
const END_SESSION = statement('end_session', `DELETE FROM user_sessions WHERE id = $2 AND user_row = $1`);
const END_SESSIONS = statement<[id: string]>(
  'end_sessions',
  'DELETE FROM user_sessions WHERE user_row = $1 RETURNING id',
);
const END_OTHERS = statement<[id: string]>(
  'end_other_sessions',
  'DELETE FROM user_sessions WHERE user_row = $1 AND id <> $2 RETURNING id',
);

/** Adds a session of a user whose head is locked; beyond the limit the longest unused ones without a socket end. [P9] */
export const addSession = async (sql: Sql, user: number, session: NewSession, now: number): Promise<void> => {
  await Promise.all([
    sql.run(END_OLDEST, [user, now]),
    sql.run(INSERT, [user, ...sessionValues(session, now)]),
  ]);
};

/** Ends all sessions of a user whose head is locked, and returns their ids. */
export const endSessions = async (sql: Sql, user: number): Promise<readonly string[]> =>
  (await sql.query(END_SESSIONS, [user])).map(([id]) => id);

/** Password hash and state of a living user whose head is locked. */
export const accountOf = async (sql: Sql, user: number) => {
  const [found] = await sql.query(ACCOUNT, [user]);
  if (found === undefined) throw new Error(`no user at row ${String(user)}`);
  const [passwordHash, isDisabled] = found;
  return { passwordHash, isDisabled };
};

export const setPasswordHash = async (sql: Sql, user: number, passwordHash: string): Promise<void> => {
  await sql.run(SET_HASH, [user, passwordHash]);
};

/** Decides under the lock and not where the password was checked, because it may have been changed, or the user disabled, since. */
export const openSession: AccountWrite<'openSession'> = async (
  sql,
  { userId, session, verifiedHash, rehash },
  now,
) => {
  const user = await lockUser(sql, userId);
  if (user === null) return done({ kind: 'not-found' });
  const { passwordHash, isDisabled } = await accountOf(sql, user.row);
  if (passwordHash !== verifiedHash) return done({ kind: 'stale' });
  if (isDisabled) return done({ kind: 'disabled' });
  await Promise.all([
    addSession(sql, user.row, session, now),
    rehash === null ? undefined : setPasswordHash(sql, user.row, rehash),
  ]);
  return done({ kind: 'opened' });
};

export const endSession: AccountWrite<'endSession'> = async (
  sql,
  { userId, sessionId, audit = null },
  now,
) => {
  // A deleted user has no session.
  const user = await lockUser(sql, userId);
  if (user === null || (await sql.run(END_SESSION, [user.row, sessionId])) === 0)
    return done({ kind: 'not-found' });
  const detail = { session: sessionId };
  await recordAction(sql, audit, { action: 'user.revoke', subject: user.row, detail }, now);
  return done({ kind: 'ended' });
};

export const changePassword: AccountWrite<'changePassword'> = async (
  sql,
  { userId, verifiedHash, passwordHash, keepSessionId },
) => {
  const user = await lockUser(sql, userId);
  if (user === null) return done({ kind: 'not-found' });
  if ((await accountOf(sql, user.row)).passwordHash !== verifiedHash) return done({ kind: 'stale' });
  const [ended] = await Promise.all([
    sql.query(END_OTHERS, [user.row, keepSessionId]),
    setPasswordHash(sql, user.row, passwordHash),
  ]);
  return done({ kind: 'changed', endedSessionIds: ended.map(([id]) => id) });
};
