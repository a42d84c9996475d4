import { CLOSE } from '../../protocol/close-codes.ts';
import { ParleyError } from '../../protocol/errors.ts';
import type { Actor, ActorContext, AnswerOf, Props } from '../../runtime/actor.ts';
import { faultOf } from '../../runtime/fault.ts';
import type { Queries } from '../../storage/reads.ts';
import {
  accountName,
  foldName,
  type AccountMessage,
  type ChangePasswordQuestion,
  type DeleteAccountQuestion,
  type Limited,
  type LoginQuestion,
  type RegisterQuestion,
  type ResetPasswordQuestion,
} from './messages.ts';
import { loginThrottle, type LoginAttempt } from '../login-throttle/messages.ts';
import { normalPassword, weakness } from './password-policy.ts';
import { edge } from '../services/edge.ts';
import { helper } from '../services/helper.ts';
import { writer } from '../services/writer.ts';
import { signupsLimited } from './signups.ts';

/** Point queries on the connection of the actor's own thread. They see every commit that has been answered. */
export type AccountQueries = Pick<Queries, 'credentials' | 'credentialsById' | 'signups' | 'passwordReset'>;
type Context = ActorContext<AccountMessage>;
type Answer<Q> = AnswerOf<AccountMessage, Q>;

/** A hash takes tens of milliseconds and may queue behind others. */
const HASH_TIMEOUT_MS = 10_000;
const STORE_TIMEOUT_MS = 10_000;

/** One user name and its password. `receive` is asynchronous, so operations on one name run one after the other: a login never
 *  sees half of a password change. Every path settles the attempt that it was given. Errors: passes on `unavailable` from the
 *  writer or the helper pool. */
class Account implements Actor<AccountMessage> {
  readonly #queries: AccountQueries;

  constructor(queries: AccountQueries) {
    this.#queries = queries;
  }

  async receive(message: AccountMessage, context: Context): Promise<void> {
    try {
      await answer(message, context, this.#queries);
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      context.fail(context.asker, faultOf(error));
    }
  }
}

const answer = async (message: AccountMessage, context: Context, queries: AccountQueries): Promise<void> => {
  switch (message.type) {
    case 'register':
      context.reply(context.replyTo(message), await register(message, context, queries));
      break;
    case 'login':
      context.reply(
        context.replyTo(message),
        await settling(message.attempt, context, () => upToDate(() => login(message, context, queries))),
      );
      break;
    case 'changePassword':
      context.reply(
        context.replyTo(message),
        await settling(message.attempt, context, () =>
          upToDate(() => changePassword(message, context, queries)),
        ),
      );
      break;
    case 'deleteAccount':
      context.reply(
        context.replyTo(message),
        await settling(message.attempt, context, () =>
          upToDate(() => deleteAccount(message, context, queries)),
        ),
      );
      break;
    case 'resetPassword':
      context.reply(
        context.replyTo(message),
        await settling(message.attempt, context, () => resetPassword(message, context, queries)),
      );
  }
};

const register = async (
  q: RegisterQuestion,
  context: Context,
  queries: AccountQueries,
): Promise<Answer<RegisterQuestion>> => {
  const reason = weakness(q.password, q.username);
  if (reason !== null) return { kind: 'weak', reason };
  const username = foldName(q.username);
  // Both checks come before the hash, which is the expensive part in a flood. The write below decides.
  if (q.signups !== null) {
    const stored = await queries.signups(q.signups.key);
    const limited = signupsLimited(stored, q.signups.perHour, context.clock.now());
    if (limited !== null) return limited;
  }
  if ((await queries.credentials(username)) !== null) return { kind: 'taken' };
  const passwordHash = await hash(q.password, context);
  const id = context.ids.next();
  const { session, inviteHash, inviteRule = 'required', signups } = q;
  const input = { id, username, passwordHash, session, inviteHash, inviteRule, signups };
  const done = await context.ask(writer, { type: 'registerUser', input }, STORE_TIMEOUT_MS);
  switch (done.kind) {
    case 'registered':
      return { kind: 'registered', userId: id, createdAt: done.createdAt, role: done.role };
    case 'too-many':
      return { kind: 'limited', retryAfterS: done.retryAfterS };
    case 'taken':
    case 'invite-invalid':
      return { kind: done.kind };
  }
};

const login = async (
  q: LoginQuestion,
  context: Context,
  queries: AccountQueries,
): Promise<Outcome<Answer<LoginQuestion>>> => {
  const stored = await queries.credentials(accountName(q.username));
  const verified = await verify(q.password, stored?.passwordHash ?? null, context);
  if (stored === null || !verified.ok) return WRONG;
  const rehash = verified.outdated ? await hash(q.password, context) : null;
  const { userId, passwordHash: verifiedHash } = stored;
  const input = { userId, session: q.session, verifiedHash, rehash };
  const done = await context.ask(writer, { type: 'openSession', input }, STORE_TIMEOUT_MS);
  switch (done.kind) {
    case 'opened':
      return right({ kind: 'opened', userId });
    case 'disabled':
      return DISABLED;
    case 'not-found':
      return WRONG;
    case 'stale':
      return 'stale';
  }
};

const changePassword = async (
  q: ChangePasswordQuestion,
  context: Context,
  queries: AccountQueries,
): Promise<Outcome<Answer<ChangePasswordQuestion>>> => {
  const { userId, keepSessionId } = q;
  const stored = await queries.credentialsById(userId);
  const reason = weakness(q.newPassword, stored?.username ?? '');
  if (stored !== null && reason !== null) return { outcome: 'void', answer: { kind: 'weak', reason } };
  const verified = await verify(q.currentPassword, stored?.passwordHash ?? null, context);
  if (stored === null || !verified.ok) return WRONG;
  const passwordHash = await hash(q.newPassword, context);
  const input = { userId, verifiedHash: stored.passwordHash, passwordHash, keepSessionId };
  const done = await context.ask(writer, { type: 'changePassword', input }, STORE_TIMEOUT_MS);
  if (done.kind === 'not-found') return WRONG;
  if (done.kind === 'stale') return 'stale';
  revoke(userId, done.endedSessionIds, CLOSE.sessionRevoked, 'password changed', context);
  return right({ kind: 'changed' });
};

const deleteAccount = async (
  q: DeleteAccountQuestion,
  context: Context,
  queries: AccountQueries,
): Promise<Outcome<Answer<DeleteAccountQuestion>>> => {
  const { userId } = q;
  const stored = await queries.credentialsById(userId);
  const verified = await verify(q.password, stored?.passwordHash ?? null, context);
  if (stored === null || !verified.ok) return WRONG;
  const input = { userId, verifiedHash: stored.passwordHash };
  const done = await context.ask(writer, { type: 'deleteUser', input }, STORE_TIMEOUT_MS);
  if (done.kind === 'not-found') return WRONG;
  if (done.kind === 'stale') return 'stale';
  revoke(userId, done.endedSessionIds, CLOSE.accountDeleted, 'account deleted', context);
  return right({ kind: 'deleted' });
};

/** The code is looked up before the password is judged, so that nobody without a code learns anything, and before it is hashed,
 *  so that wrong codes cost little. The write decides. */
const resetPassword = async (
  q: ResetPasswordQuestion,
  context: Context,
  queries: AccountQueries,
): Promise<Verdict<Answer<ResetPasswordQuestion>>> => {
  const { codeHash, session } = q;
  const found = await queries.passwordReset(codeHash);
  if (found === null) return WRONG;
  const reason = weakness(q.newPassword, found.username);
  if (reason !== null) return { outcome: 'void', answer: { kind: 'weak', reason } };
  const passwordHash = await hash(q.newPassword, context);
  const input = { codeHash, passwordHash, session };
  const done = await context.ask(writer, { type: 'usePasswordReset', input }, STORE_TIMEOUT_MS);
  switch (done.kind) {
    case 'used':
      revoke(done.userId, done.endedSessionIds, CLOSE.sessionRevoked, 'password reset', context);
      return right({ kind: 'reset', userId: done.userId });
    case 'disabled':
      return DISABLED;
    case 'invalid':
      return WRONG;
  }
};

/** The outcome of an attempt, and the answer if the throttle does not refuse it. */
interface Verdict<A> {
  readonly outcome: 'right' | 'wrong' | 'void';
  readonly answer: A;
}
/** `stale`: the password was checked against a hash that is no longer the stored one, and nothing was changed. */
type Outcome<A> = Verdict<A> | 'stale';
const WRONG = { outcome: 'wrong', answer: { kind: 'wrong' } } as const;
/** A right password or code is no failure, whatever else is refused [A9]. */
const DISABLED = { outcome: 'right', answer: { kind: 'disabled' } } as const;
const right = <A>(answer: A): Verdict<A> => ({ outcome: 'right', answer });

/** Another server may change a password between the check and the write. A second change in the same moment is improbable, and the
 *  user can try again. */
const CHECKS_MAX = 3;

const upToDate = async <A>(check: () => Promise<Outcome<A>>): Promise<Verdict<A>> => {
  for (let checks = 0; checks < CHECKS_MAX; checks += 1) {
    const outcome = await check();
    if (outcome !== 'stale') return outcome;
  }
  throw new ParleyError('unavailable', 'The password is being changed; try again.', { retryAfterS: 1 });
};

/** Settles the attempt before it is answered: a failure is first counted durably, and the one that reaches the limit is answered
 *  as limited. An attempt that was aborted does not count; it revealed nothing. */
const settling = async <A>(
  attempt: LoginAttempt,
  context: Context,
  run: () => Promise<Verdict<A>>,
): Promise<A | Limited> => {
  const settle = (outcome: Verdict<A>['outcome']) =>
    context.ask(
      loginThrottle(attempt.key),
      { type: 'settle', slot: attempt.slot, name: attempt.name, outcome },
      STORE_TIMEOUT_MS,
    );
  let verdict: Verdict<A>;
  try {
    verdict = await run();
  } catch (error) {
    const { slot, name } = attempt;
    context.tell(loginThrottle(attempt.key), { type: 'settle', slot, name, outcome: 'void' });
    throw error;
  }
  if (verdict.outcome === 'right') {
    // The work is committed, so it succeeds even if the count cannot be cleared now.
    await settle('right').catch((error: unknown) => {
      context.log.warn({ err: error }, 'login failures not cleared');
    });
    return verdict.answer;
  }
  const settled = await settle(verdict.outcome);
  return settled.kind === 'limited' ? settled : verdict.answer;
};

const hash = (password: string, context: Context): Promise<string> =>
  context.ask(helper, { type: 'hash', password: normalPassword(password) }, HASH_TIMEOUT_MS);

const verify = (password: string, stored: string | null, context: Context) =>
  context.ask(helper, { type: 'verify', password: normalPassword(password), hash: stored }, HASH_TIMEOUT_MS);

const revoke = (
  userId: string,
  sessionIds: readonly string[],
  code: typeof CLOSE.sessionRevoked | typeof CLOSE.accountDeleted,
  reason: string,
  context: Context,
): void => {
  context.tell(edge, { type: 'revoke', userId, sessionIds, code, reason });
};

export const accountProps = (queries: AccountQueries): Props<AccountMessage> => ({
  kind: 'account',
  mailboxLimit: 2_048,
  idleMs: 60_000,
  create: () => new Account(queries),
});
