import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf, refusalOf, type EntryFaults } from '../../../../ui/elements/account/entry-faults.ts';
import { ApiProblem } from '../../../../ui/net/problem.ts';
import { loginStrings } from '../../../../ui/strings/login-strings.ts';

const GOOD = { username: 'ada', password: 'Correct-horse-9', invite: '' };
const fieldsOf = (faults: EntryFaults): string[] => Object.keys(faults).sort();

test('a name that can not be is refused for what is wrong with it, not with the whole rule', () => {
  const { login } = loginStrings();
  for (const [username, words] of [
    ['', login.needUsername],
    ['ab', login.nameShort(3)],
    ['a'.repeat(33), login.nameLong(32)],
    ['ada lovelace', login.nameSpace],
    ['zoé', login.nameCharacter('é')],
    ['zoe\u0301', login.nameCharacter('é')],
    ['ada@example.org', login.nameCharacter('@')],
    ['ada🦔', login.nameCharacter('🦔')],
  ] as const) {
    assert.equal(faultsOf({ ...GOOD, username }, true).username, words, username);
    assert.notEqual(words, login.usernameRules);
  }
  for (const username of ['ada', 'A.d_a-9'])
    assert.deepEqual(faultsOf({ ...GOOD, username }, true), {}, username);
});

test('each field that is wrong has its own fault; who logs in is only asked for both', () => {
  assert.deepEqual(fieldsOf(faultsOf({ username: 'a b', password: 'short', invite: '' }, true)), [
    'password',
    'username',
  ]);
  assert.deepEqual(fieldsOf(faultsOf({ username: '', password: '', invite: '' }, false)), [
    'password',
    'username',
  ]);
  assert.deepEqual(faultsOf({ username: 'a b', password: 'short', invite: '' }, false), {});
});

const refused = (code: 'forbidden' | 'conflict' | 'bad_request', paths: readonly string[] = []): ApiProblem =>
  new ApiProblem(code, '', { errors: paths.map((path) => ({ path, message: '' })) });

test('what the server refuses stands at the field it is about', () => {
  const { login, rules } = loginStrings();
  const coded = { ...GOOD, invite: 'abc' };
  for (const [error, entered, faults] of [
    [refused('conflict'), GOOD, { username: login.taken }],
    [refused('bad_request', ['password']), GOOD, { password: rules.common }],
    [refused('bad_request', ['username']), GOOD, { username: login.refused }],
    [refused('bad_request', ['body']), GOOD, { form: login.refused }],
    [refused('forbidden', ['invite']), GOOD, { invite: login.inviteNeeded }],
    [refused('forbidden', ['invite']), coded, { invite: login.inviteWrong }],
    [refused('forbidden'), coded, { form: login.closed }],
  ] as const)
    assert.deepEqual(refusalOf(error, entered, true), faults);
  for (const code of ['unauthorized', 'bad_request'] as const)
    assert.deepEqual(refusalOf(new ApiProblem(code, ''), GOOD, false), { form: login.wrong });
  // [A9]
  assert.deepEqual(refusalOf(refused('forbidden', ['username']), GOOD, false), { form: login.disabled });
});

test('who has to wait is told how long, and for what', () => {
  const { login } = loginStrings();
  const late = (retryAfterS: number): ApiProblem => new ApiProblem('too_many_requests', '', { retryAfterS });
  assert.equal(refusalOf(late(841), GOOD, false).form, login.waitMinutes(15));
  assert.equal(refusalOf(late(0), GOOD, false).form, login.waitMinutes(1));
  assert.equal(refusalOf(late(3600), GOOD, true).form, login.waitToRegister(60));
});
