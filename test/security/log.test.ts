import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatClient, expectStatus, freshName, PASSWORD } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { http } from '../support/http-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sessionOf } from '../support/token-states.ts';

/** What an operator can see of who came in, who did not, and what ended. */
const server = await ServerProcess.start({ after }, { PARLEY_TRUST_PROXY: '127.0.0.1' });
const FROM = '203.0.113.9';
const from = { 'x-forwarded-for': FROM };

test('sign-ins, changes and endings leave a line with ids, address and time', async (t) => {
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const { userId, address } = await server.run.line('auth.register');
  assert.deepEqual([userId, address], [ada.id, '127.0.0.1']);
  const phone = await ChatClient.login(t, server, ada.username);
  const session = sessionOf(phone.accessToken);
  const login = await server.run.line('auth.login');
  assert.deepEqual([login['userId'], login['sessionId']], [ada.id, session]);
  assert.match(String(login['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'UTC');
  await phone.refresh();
  assert.equal((await server.run.line('auth.refresh'))['sessionId'], session);
  expectStatus(await ada.http('DELETE', `/users/me/sessions/${session}`, { headers: from }), 204);
  const ended = await server.run.line('auth.end-session');
  assert.deepEqual([ended['userId'], ended['address']], [ada.id, FROM]);
  const body = { current_password: PASSWORD, new_password: 'Another-Horse-8' };
  expectStatus(await ada.http('POST', '/users/me/password', { body }), 204);
  await server.run.line('auth.password');
  expectStatus(await ada.http('DELETE', '/users/me', { body: { password: 'Another-Horse-8' } }), 204);
  await server.run.line('auth.delete-account');
});

test('what is refused leaves one too, without what was tried', async (t) => {
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const refused = (code: string, route: string) =>
    server.run.line('auth.refused', (line) => line['code'] === code && line['route'] === route);
  const login = (password: string) =>
    http('POST', `${server.url}/auth/login`, { body: { username: ada.username, password }, headers: from });
  for (let i = 0; i < 4; i += 1) expectStatus(await login('Wrong-Horse-77'), 401);
  assert.equal((await refused('unauthorized', 'POST /auth/login'))['address'], FROM);
  expectStatus(await login('Wrong-Horse-77'), 429);
  await refused('too_many_requests', 'POST /auth/login');
  expectStatus(await http('GET', `${server.url}/users/me`, { token: 'x.y.z' }), 401);
  await refused('unauthorized', 'GET /users/me');
  expectStatus(await ada.http('DELETE', '/users/me', { body: { password: 'Wrong-Horse-77' } }), 403);
  assert.equal((await refused('forbidden', 'DELETE /users/me'))['userId'], ada.id);
  await ChatSocket.refusal(server.socketUrl, {});
  await refused('unauthorized', 'GET /ws');
  await ChatSocket.refusal(server.socketUrl, { token: ada.accessToken, origin: 'https://evil.example' });
  await refused('forbidden', 'GET /ws');
  assert.ok(!server.run.output.includes('Wrong-Horse') && !server.run.output.includes(ada.username));
});

test('no line can be forged: each is one JSON object, whatever stands in a head or a name', async () => {
  const forged = '{"level":60,"msg":"forged"}';
  for (const value of [forged, `x\u2028${forged}`, '\u001b[31mred', `"}${forged}`]) {
    const headers = {
      'user-agent': Buffer.from(value)
        .toString('latin1')
        .replace(/[^\x20-\x7e\x80-\xff]/g, ''),
      'x-forwarded-for': '203.0.113.10',
    };
    await http('POST', `${server.url}/auth/login`, { body: { username: value, password: value }, headers });
    await http('GET', `${server.url}/${encodeURIComponent(value)}`, { headers });
  }
  for (const line of server.run.output.split('\n').filter((each) => each.startsWith('{'))) {
    const { msg, time } = JSON.parse(line) as { msg?: unknown; time?: unknown };
    assert.notEqual(msg, 'forged');
    assert.equal(typeof time, 'string');
  }
});

test('TRACE and its like are not spoken', async () => {
  for (const method of ['TRACE', 'TRACK', 'DEBUG', 'PROPFIND', 'PUT', 'PATCH']) {
    const { status, text } = await http(method, `${server.url}/`, { headers: { 'x-canary': 'echo me' } });
    assert.equal(status, 405, method);
    assert.ok(!text.includes('echo me'));
  }
});
