import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { hashTypedCode } from '../../server/edge/auth/refresh-tokens.ts';
import type { SignedIn } from '../../server/protocol/resources/account.ts';
import type { Problem } from '../../server/protocol/resources/problem.ts';
import { ChatClient, expectStatus, freshName, PASSWORD } from '../support/chat-client.ts';
import { http, type HttpAnswer } from '../support/http-client.ts';
import { operatorWrites } from '../support/operator-writes.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sessionOf } from '../support/token-states.ts';

const server = await ServerProcess.start({ after }, { PARLEY_TRUST_PROXY: '127.0.0.1' });
const NEXT = 'Another-Horse-8';
const CODES = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'] as const;
const audit = { actor: 'root', origin: 'console' };

const login = (username: string, password: string, from: string): Promise<HttpAnswer> =>
  http('POST', `${server.url}/auth/login`, {
    body: { username, password },
    headers: { 'x-forwarded-for': from },
  });
const reset = (code: string, new_password: string, from: string): Promise<HttpAnswer> =>
  http('POST', `${server.url}/auth/reset`, {
    body: { code, new_password },
    headers: { 'x-forwarded-for': from },
  });
const disable = (username: string, disabled: boolean) =>
  ({ type: 'setUserDisabled', input: { username, disabled, audit } }) as const;
const makeReset = (username: string, code: string, ttlMs = 86_400_000) =>
  ({
    type: 'createPasswordReset',
    input: { username, codeHash: hashTypedCode(code), ttlMs, audit },
  }) as const;

test('[A9] a disabled user has no session and cannot log in; whom they wrote to keeps everything', async (t) => {
  const from = '203.0.113.1';
  const [ada, ben] = [
    await ChatClient.register(t, server, freshName('ada')),
    await ChatClient.register(t, server, freshName('ben')),
  ];
  const { socket } = await ada.online();
  const { payload } = await say(socket, ben, 'before');
  await operatorWrites(server, [disable(ada.username, true)]);
  expectStatus(await ada.http('GET', '/users/me'), 401);
  const body = { refresh_token: ada.refreshToken };
  expectStatus(await http('POST', `${server.url}/auth/refresh`, { body }), 401);
  for (let i = 0; i < 9; i += 1) {
    const refused = expectStatus(await login(ada.username, PASSWORD, from), 403);
    const { code, detail, errors } = refused.json<Problem>();
    assert.equal(code, 'forbidden');
    assert.equal(detail, 'This account has been disabled. Ask whoever runs this server.');
    assert.deepEqual(errors, [{ path: 'username', message: detail }]);
  }
  expectStatus(await login(ada.username, 'Wrong-Horse-77', from), 401);
  const line = await server.run.line('auth.refused', (each) => each['code'] === 'forbidden');
  assert.equal(line['route'], 'POST /auth/login');
  // Others may still write to them: they may be enabled again.
  const { socket: bens } = await ben.online();
  await say(bens, ada, 'are you there?');
  await operatorWrites(server, [disable(ada.username, false)]);
  const back = await ChatClient.login(t, server, ada.username);
  const texts = (await back.history(payload.conversation_id)).map(({ content }) => content);
  assert.deepEqual(texts, ['before', 'are you there?']);
});

test('[A10] a code is good once for a new password; it ends all sessions and opens one', async (t) => {
  const from = '203.0.113.2';
  const [code, expired] = CODES;
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const ben = await ChatClient.register(t, server, freshName('ben'));
  await operatorWrites(server, [makeReset(ada.username, code), makeReset(ben.username, expired, 1)]);
  const { socket } = await ada.online();
  for (const weak of ['short', 'Password123', `${ada.username}-A1`]) {
    const refused = expectStatus(await reset(code, weak, from), 400);
    const { errors } = refused.json<{ errors: { path: string }[] }>();
    assert.deepEqual(
      errors.map(({ path }) => path),
      ['new_password'],
    );
  }
  expectStatus(await reset(expired, NEXT, from), 401);
  const answer = expectStatus(await reset(` ${code.toUpperCase()} `, NEXT, from), 200);
  const { user, access_token } = answer.json<SignedIn>();
  assert.deepEqual([user.id, user.username], [ada.id, ada.username]);
  const done = await server.run.line('auth.reset');
  assert.deepEqual(
    [done['userId'], done['sessionId'], done['address']],
    [ada.id, sessionOf(access_token), from],
  );
  assert.equal((await socket.closed).code, 4409);
  expectStatus(await ada.http('GET', '/users/me'), 401);
  expectStatus(await http('GET', `${server.url}/users/me`, { token: access_token }), 200);
  expectStatus(await reset(code, NEXT, from), 401);
  expectStatus(await login(ada.username, PASSWORD, from), 401);
  expectStatus(await login(ada.username, NEXT, from), 200);
  assert.ok(!server.run.output.includes(code));
});

testInExtended(
  '[A10] wrong codes count as failed logins of the address: the fifth and all after it are 429',
  async (t) => {
    const from = '203.0.113.3';
    const ada = await ChatClient.register(t, server, freshName('ada'));
    await operatorWrites(server, [makeReset(ada.username, CODES[0])]);
    const seen: number[] = [];
    for (let i = 0; i < 5; i += 1) seen.push((await reset(`guess ${String(i)}`, NEXT, from)).status);
    assert.deepEqual(seen, [401, 401, 401, 401, 429]);
    expectStatus(await reset(CODES[0], NEXT, from), 429);
    expectStatus(await login(ada.username, PASSWORD, from), 429);
    expectStatus(await reset(CODES[0], NEXT, '203.0.113.4'), 200);
  },
);

testInExtended('[A9] [A10] the code of a disabled user is refused and stays good', async (t) => {
  const from = '203.0.113.5';
  const ada = await ChatClient.register(t, server, freshName('ada'));
  await operatorWrites(server, [makeReset(ada.username, CODES[0]), disable(ada.username, true)]);
  expectStatus(await reset(CODES[0], NEXT, from), 403);
  await operatorWrites(server, [disable(ada.username, false)]);
  expectStatus(await reset(CODES[0], NEXT, from), 200);
});
