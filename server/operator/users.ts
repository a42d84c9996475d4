import { foldAddress, limiterKey } from '../edge/auth/address.ts';
import { hashTypedCode, makeResetCode } from '../edge/auth/refresh-tokens.ts';
import { CLOSE } from '../protocol/close-codes.ts';
import { rfc3339 } from '../protocol/rfc3339.ts';
import type { Ids } from '../runtime/ids.ts';
import type { AdminUser } from '../storage/reads.ts';
import type { Audit, Role } from '../storage/writes.ts';
import { auditOf, OperatorError, type Operator, type Requester } from './operator.ts';
import type { Answer, Input, UserLine } from './requests.ts';

/** What operators do to users: the write, and then what has to follow it in the memory of a running server. */

/** How long a one-time code for a new password is good, in milliseconds [A10]. */
export const RESET_TTL_MS = 86_400_000;

const userLine = (user: AdminUser): UserLine => ({
  id: user.id,
  username: user.username,
  display_name: user.displayName,
  about: user.about,
  avatar: user.avatar,
  role: user.role,
  created_at: rfc3339(user.createdAt),
  disabled_at: user.disabledAt === null ? null : rfc3339(user.disabledAt),
  last_seen: user.lastSeen === null ? null : rfc3339(user.lastSeen),
  sessions: user.sessions,
});

const unknown = (username: string): OperatorError =>
  new OperatorError(`There is no user ${username}.`, 'not_found');

const find = async (operator: Operator, username: string): Promise<AdminUser> => {
  const user = await operator.read('adminUser', username);
  if (user === null) throw unknown(username);
  return user;
};

export const listUsers = async (
  operator: Operator,
  { prefix, after, limit }: Input<'user.list'>,
): Promise<Answer<'user.list'>> => {
  // One more than asked for shows whether there are further ones.
  const found = await operator.read('adminUsers', { prefix, after, limit: limit + 1 });
  const users = found.slice(0, limit).map(userLine);
  return { users, next: found.length > limit ? (users.at(-1)?.username ?? null) : null };
};

export const showUser = async (
  operator: Operator,
  { username }: Input<'user.show'>,
): Promise<Answer<'user.show'>> => {
  const user = await find(operator, username);
  const sessions = await operator.read('adminSessions', user.id);
  return {
    user: userLine(user),
    sessions: sessions.map(({ id, created_at, last_activity, ip_address, user_agent, connected }) => ({
      ...{ id, created_at, last_activity, ip_address, user_agent, connected },
    })),
  };
};

/** Makes a one-time code for a new password. Only its hash is stored, so it cannot be shown again. */
export const resetPassword = async (
  operator: Operator,
  { username }: Input<'user.reset-password'>,
  { by, ids }: { readonly by: Requester; readonly ids: Ids },
): Promise<Answer<'user.reset-password'>> => {
  const code = makeResetCode(ids);
  const done = await operator.write('createPasswordReset', {
    username,
    codeHash: hashTypedCode(code),
    ttlMs: RESET_TTL_MS,
    audit: auditOf(by),
  });
  if (done.kind === 'not-found') throw unknown(username);
  return { code, expires_at: rfc3339(done.expiresAt) };
};

/** What the login throttle calls an address as somebody typed it; null for what is none. */
const loginKeyOf = (address: string): string | null => {
  const folded = foldAddress(address.trim());
  return folded === null ? null : limiterKey(folded);
};

/** Forgets the failed logins with a user name, or those of an address. A name may look like an address: then both [A4]. */
export const unlock = async (
  operator: Operator,
  { target }: Input<'user.unlock'>,
  by: Requester,
): Promise<Answer<'user.unlock'>> => {
  const key = loginKeyOf(target);
  const byName = await forgetFailures(operator, { username: target }, by);
  if (key === null && byName === null) throw unknown(target);
  const byAddress = key === null ? null : await forgetFailures(operator, { key }, by);
  return { failures: (byName ?? 0) + (byAddress ?? 0) };
};

/** How many there were; null for a name that nobody has. One write handles a bounded number of addresses. */
const forgetFailures = async (
  operator: Operator,
  whose: { readonly username: string } | { readonly key: string },
  by: Requester,
): Promise<number | null> => {
  for (let failures = 0; ;) {
    const done = await operator.write('unlockLogins', { ...whose, audit: auditOf(by) });
    if (done.kind === 'not-found') return null;
    failures += done.failures;
    for (const each of done.keys) operator.reloadThrottle(each);
    if (!done.more) return failures;
  }
};

export const setRole = async (
  operator: Operator,
  { username, role }: { readonly username: string; readonly role: Role },
  by: Requester,
): Promise<{ changed: boolean }> => {
  const done = await operator.write('setUserRole', { username, role, audit: auditOf(by) });
  if (done.kind === 'not-found') throw unknown(username);
  return { changed: done.kind === 'changed' };
};

/** Disabling ends all sessions and closes their sockets [A9]. */
export const setDisabled = async (
  operator: Operator,
  { username, disabled }: { readonly username: string; readonly disabled: boolean },
  by: Requester,
): Promise<{ changed: boolean }> => {
  const done = await operator.write('setUserDisabled', { username, disabled, audit: auditOf(by) });
  if (done.kind === 'not-found') throw unknown(username);
  operator.closeSockets(done.userId, done.endedSessionIds, CLOSE.sessionRevoked, 'account disabled');
  return { changed: done.kind === 'changed' };
};

/** Deletes a user as their own request would, without the password [A5]. */
export const deleteUser = async (
  operator: Operator,
  { username }: Input<'user.delete'>,
  by: Requester,
): Promise<Answer<'user.delete'>> => {
  const { id } = await find(operator, username);
  const done = await operator.write('deleteUser', { userId: id, audit: auditOf(by) });
  if (done.kind !== 'deleted') throw unknown(username);
  operator.closeSockets(id, done.endedSessionIds, CLOSE.accountDeleted, 'account deleted');
  return {};
};

/** Ends one session of a user, or all of them. */
export const revokeSessions = async (
  operator: Operator,
  { username, session_id }: Input<'user.revoke'>,
  by: Requester,
): Promise<Answer<'user.revoke'>> => {
  const { id } = await find(operator, username);
  const sessions = await operator.read('adminSessions', id);
  const wanted = sessions.filter((each) => session_id === null || each.id === session_id);
  if (session_id !== null && wanted.length === 0)
    throw new OperatorError(`${username} has no session ${session_id}.`, 'not_found');
  const ended = await endAll(operator, id, wanted, auditOf(by));
  operator.closeSockets(id, ended, CLOSE.sessionRevoked, 'session revoked');
  return { ended: ended.length };
};

const endAll = async (
  operator: Operator,
  userId: string,
  sessions: readonly { readonly id: string }[],
  audit: Audit,
): Promise<readonly string[]> => {
  const ended: string[] = [];
  for (const { id } of sessions) {
    const { kind } = await operator.write('endSession', { userId, sessionId: id, audit });
    if (kind === 'ended') ended.push(id);
  }
  return ended;
};
