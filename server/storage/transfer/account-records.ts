import type { AvatarType } from '../../protocol/avatar-type.ts';
import type { RecordOf } from './export-record.ts';

/** The records of avatars, sessions, limits and administration from the columns that both stores have: hashes as bytes, ids as text. */

const base64url = (bytes: Buffer): string => bytes.toString('base64url');

export type AvatarColumns = [user: string, type: AvatarType, bytes: Buffer];
export const avatarRecord = ([user, type, bytes]: AvatarColumns): RecordOf<'avatar'> => ({
  type: 'avatar',
  user_id: user,
  media_type: type,
  bytes: base64url(bytes),
});

export type BlockColumns = [user: string, number: number, blocked: string, at: number];
export const blockRecord = ([user, number, blocked, at]: BlockColumns): RecordOf<'block'> => ({
  type: 'block',
  user_id: user,
  number,
  blocked_id: blocked,
  at,
});

export type SessionColumns<Id = string> = [
  ...[id: Id, user: Id, refresh: Buffer, created: number, expires: number, activity: number],
  ...[address: string, agent: string],
];
export const sessionRecord = (columns: SessionColumns): RecordOf<'session'> => {
  const [id, user, refresh, created, expires, activity, address, agent] = columns;
  return {
    type: 'session',
    id,
    user_id: user,
    refresh_hash: base64url(refresh),
    created_at: created,
    expires_at: expires,
    last_activity: activity,
    ip_address: address,
    user_agent: agent,
  };
};

export type SpentTokenColumns<Id = string> = [
  ...[hash: Buffer, session: Id, successor: Buffer, spentAt: number, expires: number],
];
export const spentTokenRecord = (columns: SpentTokenColumns): RecordOf<'spent_token'> => {
  const [hash, session, successor, spentAt, expires] = columns;
  return {
    type: 'spent_token',
    hash: base64url(hash),
    session_id: session,
    successor_hash: base64url(successor),
    spent_at: spentAt,
    expires_at: expires,
  };
};

export type LoginFailuresColumns = [key: string, failures: number, first: number, ends: number];
export const loginFailuresRecord = (columns: LoginFailuresColumns): RecordOf<'login_failures'> => {
  const [key, failures, first, ends] = columns;
  return { type: 'login_failures', key, failures, first_at: first, ends_at: ends };
};

export type SignupsColumns = [key: string, count: number, first: number];
export const signupsRecord = ([key, count, first]: SignupsColumns): RecordOf<'signups'> => ({
  type: 'signups',
  key,
  count,
  first_at: first,
});

export type InviteColumns = [
  ...[number: number, hash: Buffer, created: number, usesLeft: number, uses: number],
  ...[used: number | null, expires: number | null, revoked: number | null],
];
export const inviteRecord = (columns: InviteColumns): RecordOf<'invite'> => {
  const [number, hash, created, usesLeft, uses, used, expires, revoked] = columns;
  return {
    type: 'invite',
    number,
    hash: base64url(hash),
    created_at: created,
    uses_left: usesLeft,
    uses,
    used_at: used,
    expires_at: expires,
    revoked_at: revoked,
  };
};

export type PasswordResetColumns<Id = string> = [user: Id, hash: Buffer, created: number, expires: number];
export const passwordResetRecord = (columns: PasswordResetColumns): RecordOf<'password_reset'> => {
  const [user, hash, created, expires] = columns;
  return {
    type: 'password_reset',
    user_id: user,
    hash: base64url(hash),
    created_at: created,
    expires_at: expires,
  };
};

export type AuditColumns<Id = string> = [
  ...[number: number, at: number, actor: string, origin: string, action: string],
  ...[subject: Id | null, target: string | null, detail: string | null],
];
export const auditRecord = (columns: AuditColumns): RecordOf<'audit_record'> => {
  const [number, at, actor, origin, action, subject, target, detail] = columns;
  return {
    type: 'audit_record',
    number,
    at,
    actor,
    origin,
    action,
    subject_id: subject,
    target,
    detail: detail === null ? null : (JSON.parse(detail) as RecordOf<'audit_record'>['detail']),
  };
};
