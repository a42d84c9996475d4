import {
  auditRecord,
  inviteRecord,
  loginFailuresRecord,
  passwordResetRecord,
  sessionRecord,
  signupsRecord,
  spentTokenRecord,
  type AuditColumns,
  type InviteColumns,
  type LoginFailuresColumns,
  type PasswordResetColumns,
  type SessionColumns,
  type SignupsColumns,
  type SpentTokenColumns,
} from '../../transfer/account-records.ts';
import type { RecordQuery } from './record-query.ts';

const SESSIONS: RecordQuery<SessionColumns> = {
  select: `SELECT s.id, u.id, s.refresh_hash, s.created_at, s.expires_at, s.last_activity, s.ip_address, s.user_agent
    FROM user_sessions s JOIN users u ON u.row = s.user_row ORDER BY s.id`,
  record: sessionRecord,
};

// Those of sessions that have ended prove nothing any more.
const SPENT_TOKENS: RecordQuery<SpentTokenColumns> = {
  select: `SELECT t.hash, s.id, t.successor_hash, t.spent_at, t.expires_at
    FROM spent_refresh_tokens t JOIN user_sessions s ON s.row = t.session ORDER BY t.hash`,
  record: spentTokenRecord,
};

const LOGIN_FAILURES: RecordQuery<LoginFailuresColumns> = {
  select:
    'SELECT key, failures, first_at, ends_at FROM login_failures WHERE failures > 0 ORDER BY key COLLATE "C"',
  record: loginFailuresRecord,
};

const LOGIN_FAILURES_OF_USER: RecordQuery<[string, string, number]> = {
  select: `SELECT f.key, u.id, f.failures FROM login_failures_of_user f JOIN users u ON u.row = f.user_row
    ORDER BY f.key COLLATE "C", u.id`,
  record: ([key, user, failures]) => ({ type: 'login_failures_of_user', key, user_id: user, failures }),
};

const SIGNUPS: RecordQuery<SignupsColumns> = {
  select: 'SELECT key, count, first_at FROM signups ORDER BY key COLLATE "C"',
  record: signupsRecord,
};

const INVITES: RecordQuery<InviteColumns> = {
  select: `SELECT row, hash, created_at, uses_left, uses, used_at, expires_at, revoked_at FROM invites ORDER BY row`,
  record: inviteRecord,
};

const PASSWORD_RESETS: RecordQuery<PasswordResetColumns> = {
  select: `SELECT u.id, r.hash, r.created_at, r.expires_at
    FROM password_resets r JOIN users u ON u.row = r.user_row ORDER BY u.id`,
  record: passwordResetRecord,
};

const AUDIT: RecordQuery<AuditColumns> = {
  select: `SELECT a.row, a.at, a.actor, a.origin, a.action, u.id, a.target, a.detail
    FROM audit_records a LEFT JOIN users u ON u.row = a.subject ORDER BY a.row`,
  record: auditRecord,
};

/** In the order of an export. */
export const SESSION_RECORDS: readonly RecordQuery<never>[] = [
  ...[SESSIONS, SPENT_TOKENS, LOGIN_FAILURES, LOGIN_FAILURES_OF_USER, SIGNUPS],
];
export const AUDIT_RECORDS: readonly RecordQuery<never>[] = [INVITES, PASSWORD_RESETS, AUDIT];
