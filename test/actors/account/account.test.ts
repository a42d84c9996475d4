import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoginAttempt } from '../../../server/actors/login-throttle/messages.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { AccountStage } from '../../support/account-stage.ts';

const KEY = '192.0.2.1';
const attemptAt = async (stage: AccountStage): Promise<LoginAttempt> => {
  const entry = await stage.enter(KEY);
  assert.ok(entry.kind === 'entered');
  return { key: KEY, name: 'alice', slot: entry.slot };
};
const register = (stage: AccountStage, username: string, password: string, more: object = {}) =>
  stage.ask(username, {
    type: 'register',
    username,
    password,
    session: stage.session(),
    inviteHash: null,
    signups: null,
    ...more,
  });

test('registering folds the name and stores a hash, then the name is taken in any case', async () => {
  const stage = new AccountStage();
  assert.equal((await register(stage, 'Alice', 'Right-Horse-1')).kind, 'registered');
  assert.deepEqual([...stage.people.keys()], ['alice']);
  assert.equal(stage.people.get('alice')?.passwordHash, 'hash:Right-Horse-1');
  assert.deepEqual(await register(stage, 'ALICE', 'Right-Horse-2'), { kind: 'taken' });
  assert.equal(stage.hashed, 1, 'a taken name costs no hash');
});

test('of parallel registrations of one name one wins', async () => {
  const stage = new AccountStage();
  const kinds = await Promise.all(
    Array.from({ length: 20 }, async () => (await register(stage, 'alice', 'Right-Horse-1')).kind),
  );
  assert.equal(kinds.filter((kind) => kind === 'registered').length, 1);
  assert.equal(kinds.filter((kind) => kind === 'taken').length, 19);
});

test('a weak password is refused before anything is spent', async () => {
  const stage = new AccountStage();
  for (const [password, reason] of [
    ['Password1', 'is one of the most common passwords'],
    ['xxALICE99yy', 'must not contain the username'],
    ['short1A', 'must have at least 8 characters'],
  ] as const) {
    assert.deepEqual(await register(stage, 'alice', password), { kind: 'weak', reason });
  }
  assert.equal(stage.hashed + stage.writes.length, 0);
});

test('registrations of one address are limited per hour before a hash is spent', async () => {
  const stage = new AccountStage();
  stage.signups.set('k', { count: 20, firstAt: stage.clock.now() });
  const signups = { key: 'k', perHour: 20 };
  stage.clock.advance(600_000);
  assert.deepEqual(await register(stage, 'alice', 'Right-Horse-1', { signups }), {
    kind: 'limited',
    retryAfterS: 3000,
  });
  assert.equal(stage.hashed, 0);
  stage.clock.advance(3_000_000);
  assert.equal((await register(stage, 'alice', 'Right-Horse-1', { signups })).kind, 'registered');
});

test('a password is the same text however its letters are composed', async () => {
  const stage = new AccountStage();
  await register(stage, 'alice', 'Grün-Pferd-1'.normalize('NFD'));
  assert.equal(await stage.login('alice', 'Grün-Pferd-1'.normalize('NFC')), 'opened');
});

test('an unknown name is verified against nothing, and costs the same question', async () => {
  const stage = new AccountStage();
  assert.equal(await stage.login('nobody', 'Right-Horse-1'), 'wrong');
  assert.equal(await stage.login('no such name!', 'Right-Horse-1'), 'wrong');
  assert.deepEqual(stage.verified, [null, null]);
});

test('a login with outdated parameters hashes again', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  stage.outdated = true;
  assert.equal(await stage.login('alice', 'Right-Horse-1'), 'opened');
  const opened = stage.writes.find(({ type }) => type === 'openSession');
  assert.ok(opened?.type === 'openSession');
  assert.equal(opened.input.rehash, 'hash:Right-Horse-1');
});

test('[P6] a changed password ends the other sessions', async () => {
  const stage = new AccountStage();
  const { userId } = stage.person('alice', 'Right-Horse-1');
  const answer = await stage.ask('alice', {
    type: 'changePassword',
    userId,
    currentPassword: 'Right-Horse-1',
    newPassword: 'Other-Horse-2',
    keepSessionId: 'mine',
    attempt: await attemptAt(stage),
  });
  assert.deepEqual(answer, { kind: 'changed' });
  assert.deepEqual(stage.writes[0]?.input, {
    userId,
    verifiedHash: 'hash:Right-Horse-1',
    passwordHash: 'hash:Other-Horse-2',
    keepSessionId: 'mine',
  });
  assert.deepEqual(stage.told, [
    { type: 'revoke', userId, sessionIds: ['ended-1', 'ended-2'], code: 4409, reason: 'password changed' },
  ]);
});

test('a wrong password on a change counts as a failed login, and the fifth is limited', async () => {
  const stage = new AccountStage();
  const { userId } = stage.person('alice', 'Right-Horse-1');
  const kinds: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    const answer = await stage.ask('alice', {
      type: 'changePassword',
      userId,
      currentPassword: 'Wrong-Horse-1',
      newPassword: 'Other-Horse-2',
      keepSessionId: 'mine',
      attempt: await attemptAt(stage),
    });
    kinds.push(answer.kind);
  }
  assert.deepEqual(kinds, ['wrong', 'wrong', 'wrong', 'wrong', 'limited']);
  assert.equal(await stage.login('alice', 'Right-Horse-1'), 'limited');
});

test('a weak new password is no failed attempt', async () => {
  const stage = new AccountStage();
  const { userId } = stage.person('alice', 'Right-Horse-1');
  const answer = await stage.ask('alice', {
    type: 'changePassword',
    userId,
    currentPassword: 'Wrong-Horse-1',
    newPassword: 'Password123',
    keepSessionId: 'mine',
    attempt: await attemptAt(stage),
  });
  assert.deepEqual(answer, { kind: 'weak', reason: 'is one of the most common passwords' });
  assert.equal(stage.failures.size, 0);
});

test('[P7] a deleted account closes its sockets with 4403', async () => {
  const stage = new AccountStage();
  const { userId } = stage.person('alice', 'Right-Horse-1');
  const attempt = await attemptAt(stage);
  assert.deepEqual(
    await stage.ask('alice', { type: 'deleteAccount', userId, password: 'Right-Horse-1', attempt }),
    {
      kind: 'deleted',
    },
  );
  assert.deepEqual(stage.told, [
    { type: 'revoke', userId, sessionIds: ['ended-1'], code: 4403, reason: 'account deleted' },
  ]);
});

test('a wrong password deletes nothing', async () => {
  const stage = new AccountStage();
  const { userId } = stage.person('alice', 'Right-Horse-1');
  const attempt = await attemptAt(stage);
  const answer = await stage.ask('alice', {
    type: 'deleteAccount',
    userId,
    password: 'Wrong-Horse-1',
    attempt,
  });
  assert.deepEqual(answer, { kind: 'wrong' });
  assert.deepEqual(stage.writes, []);
  assert.equal(stage.failures.size, 1);
});

test('what the writer can not take is passed on as unavailable, and the actor lives', async () => {
  const stage = new AccountStage();
  stage.failing = 'registerUser';
  await assert.rejects(
    register(stage, 'alice', 'Right-Horse-1'),
    (error: unknown) => error instanceof ParleyError && error.code === 'unavailable',
  );
  stage.failing = null;
  assert.equal((await register(stage, 'alice', 'Right-Horse-1')).kind, 'registered');
});

test('a committed login stands although the failures could not be cleared', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  await stage.login('alice', 'Wrong-Horse-1');
  stage.failing = 'settleLogin';
  assert.equal(await stage.login('alice', 'Right-Horse-1'), 'opened');
});

test('[A9] a disabled user is told so with the right password only, which is no failed login', async () => {
  const stage = new AccountStage();
  stage.person('alice', 'Right-Horse-1');
  stage.disabled.add('alice');
  assert.equal(await stage.login('alice', 'Wrong-Horse-1'), 'wrong');
  for (let i = 0; i < 9; i += 1) assert.equal(await stage.login('alice', 'Right-Horse-1'), 'disabled');
  assert.equal(stage.failures.size, 0, 'the right password takes back the failures of its name');
});

const reset = async (stage: AccountStage, code: string, newPassword: string) =>
  stage.ask('alice', {
    type: 'resetPassword',
    codeHash: Buffer.from(code),
    newPassword,
    session: stage.session(),
    attempt: await attemptAt(stage),
  });

test('[A10] a code sets the password and closes the sockets of all sessions', async () => {
  const stage = new AccountStage();
  const alice = stage.person('alice', 'Right-Horse-1');
  stage.resets.set('code', alice);
  const { userId } = alice;
  assert.deepEqual(await reset(stage, 'code', 'Other-Horse-2'), { kind: 'reset', userId });
  assert.equal(alice.passwordHash, 'hash:Other-Horse-2');
  assert.deepEqual(stage.told, [
    { type: 'revoke', userId, sessionIds: ['ended-1'], code: 4409, reason: 'password reset' },
  ]);
  assert.deepEqual(await reset(stage, 'code', 'Other-Horse-2'), { kind: 'wrong' });
});

test('[A10] a password that is refused is no failed attempt, and leaves the code', async () => {
  const stage = new AccountStage();
  stage.resets.set('code', stage.person('alice', 'Right-Horse-1'));
  for (const weak of ['Password123', 'Alice-Horse-1'])
    for (let i = 0; i < 5; i += 1) assert.equal((await reset(stage, 'code', weak)).kind, 'weak');
  assert.equal(stage.hashed, 0);
  assert.equal((await reset(stage, 'code', 'Other-Horse-2')).kind, 'reset');
});

test('[A10] wrong codes count as failed logins of the address, and cost no hash', async () => {
  const stage = new AccountStage();
  stage.resets.set('code', stage.person('alice', 'Right-Horse-1'));
  const kinds: string[] = [];
  for (let i = 0; i < 5; i += 1) kinds.push((await reset(stage, 'guess', 'Other-Horse-2')).kind);
  assert.deepEqual(kinds, ['wrong', 'wrong', 'wrong', 'wrong', 'limited']);
  assert.equal(stage.hashed, 0);
  assert.equal((await stage.enter(KEY)).kind, 'limited');
});

test('[A9] [A10] the code of a disabled user is refused and not used up', async () => {
  const stage = new AccountStage();
  stage.resets.set('code', stage.person('alice', 'Right-Horse-1'));
  stage.disabled.add('alice');
  assert.deepEqual(await reset(stage, 'code', 'Other-Horse-2'), { kind: 'disabled' });
  stage.disabled.clear();
  assert.equal((await reset(stage, 'code', 'Other-Horse-2')).kind, 'reset');
});

/** What asks for a password, by what it is answered when it was right. */
const withPassword = (stage: AccountStage, userId: string, attempt: LoginAttempt) => {
  const session = stage.session();
  const password = 'Right-Horse-1';
  return {
    opened: { type: 'login', username: 'alice', password, session, attempt },
    changed: {
      type: 'changePassword',
      userId,
      currentPassword: password,
      newPassword: 'Other-Horse-2',
      keepSessionId: 'mine',
      attempt,
    },
    deleted: { type: 'deleteAccount', userId, password, attempt },
  } as const;
};

for (const kind of ['opened', 'changed', 'deleted'] as const) {
  test(`[P6] a password that another server changes between check and write is checked again: ${kind}`, async () => {
    const stage = new AccountStage();
    const { userId } = stage.person('alice', 'Right-Horse-1');
    stage.stale = 2;
    const attempt = await attemptAt(stage);
    const answer = await stage.ask('alice', withPassword(stage, userId, attempt)[kind]);
    assert.equal(answer.kind, kind);
    assert.equal(stage.verified.length, 3);
    assert.equal(stage.failures.size, 0);
  });

  test(`[P6] one that is changed again and again is given up, and is no failed login: ${kind}`, async () => {
    const stage = new AccountStage();
    const { userId } = stage.person('alice', 'Right-Horse-1');
    stage.stale = 3;
    const attempt = await attemptAt(stage);
    await assert.rejects(
      stage.ask('alice', withPassword(stage, userId, attempt)[kind]),
      (error: unknown) => error instanceof ParleyError && error.code === 'unavailable',
    );
    assert.equal(stage.writes.length, 3);
    assert.deepEqual(stage.told, []);
    assert.equal(stage.failures.size, 0);
    assert.equal(await stage.login('alice', 'Right-Horse-1'), 'opened', 'the actor lives');
  });
}

test('[P6] the new check is of the new password: an old one is wrong, and counts', async () => {
  const stage = new AccountStage();
  const person = stage.person('alice', 'Right-Horse-1');
  stage.stale = 1;
  stage.onStale = () => {
    person.passwordHash = 'hash:Other-Horse-2';
  };
  assert.equal(await stage.login('alice', 'Right-Horse-1'), 'wrong');
  assert.equal(stage.failures.size, 1);
});
