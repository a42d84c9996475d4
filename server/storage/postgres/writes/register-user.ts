import { SIGNUP_WINDOW_MS } from '../../limits.ts';
import { FIRST_ADMIN_AUDIT } from '../../rules/first-admin.ts';
import type { InviteRule, NewSession, Role } from '../../writes.ts';
import { statement, type Sql } from '../sql.ts';
import { done, type AccountWrite } from './account-write.ts';
import { recordAction } from './audit.ts';
import { useFirstAdminLink } from './first-admin.ts';
import { RefusedWrite } from './refused-write.ts';
import { SESSION_COLUMNS, sessionValues } from './sessions.ts';

// Also for an address that nobody has registered from: then the row is new, and goes again with a refusal.
const LOCK_SIGNUPS = statement<[count: number, firstAt: number]>(
  'lock_signups',
  `INSERT INTO signups AS s (key, count, first_at) VALUES ($1, 0, $2)
   ON CONFLICT (key) DO UPDATE SET count = s.count RETURNING count, first_at`,
);
const COUNT_SIGNUP = statement('count_signup', 'UPDATE signups SET count = $2, first_at = $3 WHERE key = $1');
const USE_INVITE = statement(
  'use_invite',
  `UPDATE invites SET uses_left = uses_left - 1, uses = uses + 1, used_at = $2
   WHERE hash = $1 AND uses_left > 0 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`,
);
// Of two who want a name at the same moment, the second waits for the end of the first.
const RESERVE = statement(
  'reserve_name',
  'INSERT INTO reserved_names (name) VALUES ($1) ON CONFLICT DO NOTHING',
);
const INSERT = statement<[row: number]>(
  'insert_user',
  `WITH u AS (
     INSERT INTO users (id, username, password_hash, created_at, role) VALUES ($1, $2, $3, $4::bigint, $10) RETURNING row),
     h AS (INSERT INTO heads (user_row, name) SELECT row, $2::text FROM u)
   INSERT INTO user_sessions (user_row, ${SESSION_COLUMNS}) 
     SELECT row, $5::uuid, $6::bytea, $4::bigint, $7::bigint, $4::bigint, $8::text, $9::text FROM u RETURNING user_row`,
);

/** Creates a user with a first session. Checks in this order: registrations of the hour, invitation, name. Only a success counts
 *  as a registration and uses up the invitation or the link [A2] [A3]. `reserved_names` holds every name that was ever given out, so
 *  that it alone decides [A1]. */
export const registerUser: AccountWrite<'registerUser'> = async (
  sql,
  { id, username, passwordHash, session, inviteHash, inviteRule = 'required', signups },
  now,
) => {
  const name = username.toLowerCase();
  const limit = signups !== null && signups.perHour > 0 ? signups : null;
  const [counted, role, reserved] = await Promise.all([
    limit === null ? [] : sql.query(LOCK_SIGNUPS, [limit.key, now]),
    inviteHash === null ? USER : invitedRole(sql, inviteHash, inviteRule, now),
    sql.run(RESERVE, [name]),
  ]);
  const [before, began] = counted[0] ?? [0, now];
  // Not in the future: the clock was set back meanwhile.
  const [count, firstAt] = now >= began + SIGNUP_WINDOW_MS ? [0, now] : [before, Math.min(now, began)];
  if (limit !== null && count >= limit.perHour) {
    const retryAfterS = Math.max(1, Math.ceil((firstAt + SIGNUP_WINDOW_MS - now) / 1000));
    throw new RefusedWrite({ kind: 'too-many', retryAfterS });
  }
  if (role === null) throw new RefusedWrite({ kind: 'invite-invalid' });
  if (reserved === 0) throw new RefusedWrite({ kind: 'taken' });
  const [row] = await Promise.all([
    insertUser(sql, { id, name, passwordHash, session, role }, now),
    limit === null ? 0 : sql.run(COUNT_SIGNUP, [limit.key, count + 1, firstAt]),
  ]);
  if (role === 'admin')
    await recordAction(sql, FIRST_ADMIN_AUDIT, { action: 'user.promote', subject: row }, now);
  return done({ kind: 'registered', createdAt: now, role });
};

const USER: Role = 'user';

/** Uses the invitation or the link up; null for one that is not good. */
const invitedRole = async (
  sql: Sql,
  hash: Uint8Array,
  rule: InviteRule,
  now: number,
): Promise<Role | null> => {
  const link = await useFirstAdminLink(sql, hash, now);
  if (link !== 'other') return link === 'used' ? 'admin' : null;
  if (rule === 'optional') return 'user';
  return rule === 'required' && (await sql.run(USE_INVITE, [hash, now])) === 1 ? 'user' : null;
};

const insertUser = async (
  sql: Sql,
  user: { id: string; name: string; passwordHash: string; session: NewSession; role: Role },
  now: number,
): Promise<number> => {
  const [sessionId, refreshHash, , expiresAt, , ipAddress, userAgent] = sessionValues(user.session, now);
  const identity = [user.id, user.name, user.passwordHash, now];
  const values = [...identity, sessionId, refreshHash, expiresAt, ipAddress, userAgent, user.role];
  const [inserted] = await sql.query(INSERT, values);
  if (inserted === undefined) throw new Error('an insertion has returned nothing');
  return inserted[0];
};
