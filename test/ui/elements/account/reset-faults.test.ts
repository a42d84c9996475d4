import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resetFaults } from '../../../../ui/elements/account/reset-faults.ts';
import { ApiProblem } from '../../../../ui/net/problem.ts';
import { loginStrings } from '../../../../ui/strings/login-strings.ts';
import { strings } from '../../../../ui/strings/strings.ts';

const problem = (code: ApiProblem['code'], path?: string): ApiProblem =>
  new ApiProblem(code, '', path === undefined ? {} : { errors: [{ path, message: '' }] });

test('[A9] [A10] whoever chooses a new password is told what is wrong with it, or with the link', () => {
  const { login, reset } = loginStrings();
  const { problem: words } = strings();
  for (const [error, faults] of [
    [problem('bad_request', 'new_password'), { password: reset.refused }],
    [problem('bad_request', 'code'), { form: reset.notValid }],
    [problem('unauthorized'), { form: reset.notValid }],
    [problem('forbidden', 'code'), { form: login.disabled }],
    [new ApiProblem('too_many_requests', '', { retryAfterS: 61 }), { form: login.waitMinutes(2) }],
    [problem('offline'), { form: words.offline }],
  ] as const)
    assert.deepEqual(resetFaults(error), faults, error.code);
});
