import { CLOSE, ParleyError } from '../protocol/errors.ts';
import type { Actor, ActorContext, AnswerOf, Props } from '../runtime/actor.ts';
import { faultOf } from '../runtime/faults.ts';
import type { Queries } from '../storage/store.ts';
import {
  accountName,
  foldName,
  type AccountMessage,
  type ChangePasswordQuestion,
  type DeleteAccountQuestion,
  type LoginQuestion,
  type RegisterQuestion,
} from './account-refs.ts';
import { loginThrottle, type Attempt } from './login-throttle-messages.ts';
import { normalPassword, weakness } from './password-policy.ts';
import { edge, helper, writer } from './refs.ts';
import { signupsLimited } from './signups.ts';

/** Point queries on the connection of the actor's own thread; they see every commit that was answered. */
export type AccountQueries = Pick<Queries, 'credentials' | 'credentialsById' | 'signups'>;
type Context = ActorContext<AccountMessage>;
type Answer<Q> = AnswerOf<AccountMessage, Q>;

/** A hash takes tens of milliseconds and may queue behind others. */
const HASH_TIMEOUT_MS = 10_000;
const STORE_TIMEOUT_MS = 10_000;

/** One name and its password. `receive` is asynchronous, so what concerns one name happens one after the other: a login
 *  never sees half of a password change. Every path settles the attempt it was given. Errors: `unavailable` from
 *  the writer or the helper pool, passed on. */
class Account implements Actor<AccountMessage> {
  readonly #queries: AccountQueries;

  constructor(queries: AccountQueries) {
    this.#queries = queries;
  }

  async receive(message: AccountMessage, context: Context): Promise<void> {
    const { replyTo } = context;
    try {
      context.reply(replyTo, await answerTo(message, context, this.#queries));
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      context.fail(replyTo, faultOf(error));
    }
  }
}

const answerTo = (message: AccountMessage, context: Context, queries: AccountQueries): Promise<unknown> => {
  switch (message.type) {
    case 'register':
      return register(message, context, queries);
    case 'login':
      return settling(message.attempt, context, () => login(message, context, queries));
    case 'changePassword':
      return settling(message.attempt, context, () => changePassword(message, context, queries));
    case 'deleteAccount':
      return settling(message.attempt, context, () => deleteAccount(message, context, queries));
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
  // Both looks come before the hash, which is what a flood would spend; the write below decides.
  if (q.signups !== null) {
    const stored = queries.signups(q.signups.key);
    const limited = signupsLimited(stored, q.signups.perHour, context.clock.now());
    if (limited !== null) return limited;
  }
  if (queries.credentials(username) !== null) return { kind: 'taken' };
  const passwordHash = await hash(q.password, context);
  const id = context.ids.next();
  const { session, inviteHash, signups } = q;
  const input = { id, username, passwordHash, session, inviteHash, signups };
  const done = await context.ask(writer, { type: 'registerUser', input }, STORE_TIMEOUT_MS);
  switch (done.kind) {
    case 'registered':
      return { kind: 'registered', userId: id, createdAt: done.createdAt };
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
): Promise<Verdict<Answer<LoginQuestion>>> => {
  const stored = queries.credentials(accountName(q.username));
  const verified = await verify(q.password, stored?.passwordHash ?? null, context);
  if (stored === null || !verified.ok) return WRONG;
  const rehash = verified.outdated ? await hash(q.password, context) : null;
  const input = { userId: stored.userId, session: q.session, rehash };
  const done = await context.ask(writer, { type: 'openSession', input }, STORE_TIMEOUT_MS);
  return done.kind === 'opened' ? right({ kind: 'opened', userId: stored.userId }) : WRONG;
};

const changePassword = async (
  q: ChangePasswordQuestion,
  context: Context,
  queries: AccountQueries,
): Promise<Verdict<Answer<ChangePasswordQuestion>>> => {
  const { userId, keepSessionId } = q;
  const stored = queries.credentialsById(userId);
  const reason = weakness(q.newPassword, stored?.username ?? '');
  if (stored !== null && reason !== null) return { outcome: 'void', answer: { kind: 'weak', reason } };
  const verified = await verify(q.currentPassword, stored?.passwordHash ?? null, context);
  if (!verified.ok) return WRONG;
  const passwordHash = await hash(q.newPassword, context);
  const input = { userId, passwordHash, keepSessionId };
  const done = await context.ask(writer, { type: 'changePassword', input }, STORE_TIMEOUT_MS);
  if (done.kind === 'not-found') return WRONG;
  revoke(userId, done.endedSessionIds, CLOSE.sessionRevoked, 'password changed', context);
  return right({ kind: 'changed' });
};

const deleteAccount = async (
  q: DeleteAccountQuestion,
  context: Context,
  queries: AccountQueries,
): Promise<Verdict<Answer<DeleteAccountQuestion>>> => {
  const { userId } = q;
  const stored = queries.credentialsById(userId);
  const verified = await verify(q.password, stored?.passwordHash ?? null, context);
  if (!verified.ok) return WRONG;
  const done = await context.ask(writer, { type: 'deleteUser', input: { userId } }, STORE_TIMEOUT_MS);
  if (done.kind === 'not-found') return WRONG;
  revoke(userId, done.endedSessionIds, CLOSE.accountDeleted, 'account deleted', context);
  return right({ kind: 'deleted' });
};

/** What an attempt came to, and what to answer if the throttle has no objection. */
interface Verdict<A> {
  readonly outcome: 'right' | 'wrong' | 'void';
  readonly answer: A;
}
const WRONG = { outcome: 'wrong', answer: { kind: 'wrong' } } as const;
const right = <A>(answer: A): Verdict<A> => ({ outcome: 'right', answer });

/** Settles the attempt before its outcome is told: a wrong one is counted durably first, and the one that used the limit
 *  up is answered as limited. An attempt that broke off counts for nothing, and nothing was learnt from it. */
const settling = async <A>(
  attempt: Attempt,
  context: Context,
  run: () => Promise<Verdict<A>>,
): Promise<unknown> => {
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
    // The work is committed: that the count could not be cleared now must not turn it into a failure.
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
