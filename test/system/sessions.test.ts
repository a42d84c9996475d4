import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { SOCKETS_PER_USER } from '../../server/protocol/limits.ts';
import type { SignedIn, TokenPair } from '../../server/protocol/resources/account.ts';
import type { SessionResource } from '../../server/protocol/resources/session.ts';
import { ChatClient, expectStatus, freshName, PASSWORD } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import { http } from '../support/http-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';
import { sessionOf } from '../support/token-states.ts';

const server = await sharedServer({ after });

/** Connections of an ended session close within this time [P6]. */
const CLOSED_MS = 5_000;

const register = (t: { after(f: () => void | Promise<void>): void }): Promise<ChatClient> =>
  ChatClient.register(t, server, freshName('ada'));
const devices = async (t: Parameters<typeof register>[0], count: number): Promise<ChatClient[]> => {
  const me = await register(t);
  const more = Array.from({ length: count - 1 }, () => ChatClient.login(t, server, me.username));
  return [me, ...(await Promise.all(more))];
};
const listOf = async (me: ChatClient): Promise<readonly SessionResource[]> =>
  (await me.get<{ sessions: SessionResource[] }>('/users/me/sessions')).sessions;

/** Revoked: told why, closed 4409 in time, and nothing of it is let in again. */
const assertRevoked = async (device: ChatClient, socket: ChatSocket): Promise<void> => {
  const started = performance.now();
  const { payload } = await socket.next('session');
  assert.equal(payload.change, 'revoked');
  assert.equal((await socket.closed).code, 4409);
  assert.ok(performance.now() - started < CLOSED_MS);
  assert.equal((await device.http('GET', '/users/me')).status, 401);
  const refused = await ChatSocket.refusal(server.socketUrl, { token: device.accessToken });
  assert.equal(refused.status, 401);
  const body = { refresh_token: device.refreshToken };
  assert.equal((await http('POST', `${server.url}/auth/refresh`, { body })).status, 401);
};
const refresh = async (token: string): Promise<TokenPair | number> => {
  const answer = await http('POST', `${server.url}/auth/refresh`, { body: { refresh_token: token } });
  return answer.status === 200 ? answer.json<TokenPair>() : answer.status;
};

test('[S1] the list says where one is signed in; ending one ends that one', async (t) => {
  const [desk, phone] = await devices(t, 2);
  assert.ok(desk && phone);
  const [d, p] = await Promise.all([desk.online(), phone.online()]);
  const sessions = await listOf(desk);
  assert.equal(sessions.length, 2);
  const current = sessions.filter((session) => session.current);
  assert.deepEqual(
    current.map(({ id }) => id),
    [sessionOf(desk.accessToken)],
  );
  for (const { ip_address, last_activity, created_at } of sessions) {
    assert.equal(ip_address, '127.0.0.1');
    assert.ok(last_activity >= created_at);
  }
  const id = sessionOf(phone.accessToken);
  expectStatus(await desk.http('DELETE', `/users/me/sessions/${id}`), 204);
  await assertRevoked(phone, p.socket);
  expectStatus(await desk.http('DELETE', `/users/me/sessions/${id}`), 404);
  await d.socket.roundTrip();
  assert.equal((await listOf(desk)).length, 1);
});

test('[S1] connected says which of them has a socket', async (t) => {
  const [desk, phone] = await devices(t, 2);
  assert.ok(desk && phone);
  const connected = async () =>
    (await listOf(desk)).filter((session) => session.connected).map(({ id }) => id);
  assert.deepEqual(await connected(), []);
  // At once, not when presence is stored.
  const { socket } = await phone.online();
  assert.deepEqual(await connected(), [sessionOf(phone.accessToken)]);
  await socket.close();
  await eventually('the session to be unconnected', async () => (await connected()).length === 0);
});

test('[S5] a password change ends all the others, sockets too, and counts from then on', async (t) => {
  const [desk, phone, tablet] = await devices(t, 3);
  assert.ok(desk && phone && tablet);
  const [d, p, b] = await Promise.all([desk.online(), phone.online(), tablet.online()]);
  const next = 'Another-Horse-8';
  const change = (current_password: string, new_password: string) =>
    desk.http('POST', '/users/me/password', { body: { current_password, new_password } });
  expectStatus(await change('Not-The-One-7', next), 403);
  expectStatus(await change(PASSWORD, 'short'), 400);
  expectStatus(await change(PASSWORD, next), 204);
  await assertRevoked(phone, p.socket);
  await assertRevoked(tablet, b.socket);
  await d.socket.roundTrip();
  expectStatus(await desk.http('GET', '/users/me'), 200);
  const login = (password: string) =>
    http('POST', `${server.url}/auth/login`, { body: { username: desk.username, password } });
  expectStatus(await login(PASSWORD), 401);
  expectStatus(await login(next), 200);
});

test('[P6] logout ends this session and no other', async (t) => {
  const [desk, phone] = await devices(t, 2);
  assert.ok(desk && phone);
  const [d, p] = await Promise.all([desk.online(), phone.online()]);
  expectStatus(await phone.http('POST', '/auth/logout'), 204);
  await assertRevoked(phone, p.socket);
  await d.socket.roundTrip();
});

test('[P6] a revoked session stays revoked over a restart', async (t) => {
  const own = await ServerProcess.start(t);
  const me = await ChatClient.register(t, own, freshName('ada'));
  const phone = await ChatClient.login(t, own, me.username);
  expectStatus(await phone.http('POST', '/auth/logout'), 204);
  await own.kill('SIGKILL');
  await own.restart();
  assert.equal((await phone.http('GET', '/users/me')).status, 401);
  expectStatus(await me.http('GET', '/users/me'), 200);
});

test('[O11] the eleventh socket makes the oldest give way, which may come back later', async (t) => {
  const me = await register(t);
  const sockets: ChatSocket[] = [];
  for (let i = 0; i < SOCKETS_PER_USER; i += 1) sockets.push((await me.online()).socket);
  const eleventh = await me.online();
  const [oldest, ...others] = sockets;
  assert.ok(oldest);
  assert.equal((await oldest.next('session')).payload.change, 'revoked');
  assert.equal((await oldest.closed).code, 4409);
  await Promise.all([...others, eleventh.socket].map((socket) => socket.roundTrip()));
  // The session itself still stands: only its oldest socket had to go.
  expectStatus(await me.http('GET', '/users/me'), 200);
});

test('[S2][S3] a refresh token is good once; a lost answer is given again, the same', async (t) => {
  const me = await register(t);
  const first = await refresh(me.refreshToken);
  assert.ok(typeof first === 'object');
  const again = await refresh(me.refreshToken);
  assert.ok(typeof again === 'object');
  assert.equal(again.refresh_token, first.refresh_token);
  const parallel = await Promise.all(Array.from({ length: 6 }, () => refresh(first.refresh_token)));
  const successors = new Set(parallel.map((each) => (typeof each === 'object' ? each.refresh_token : each)));
  assert.equal(successors.size, 1, 'parallel retries too');
  for (const { access_token: token } of [first, again]) {
    expectStatus(await http('GET', `${server.url}/users/me`, { token }), 200);
  }
});

test('[S4] a spent token whose successor was used ends the session, sockets and all', async (t) => {
  const [me, other] = await devices(t, 2);
  assert.ok(me && other);
  const { socket } = await me.online();
  const spent = me.refreshToken;
  const first = await refresh(spent);
  assert.ok(typeof first === 'object');
  const second = await refresh(first.refresh_token);
  assert.ok(typeof second === 'object');
  assert.equal(await refresh(spent), 401);
  me.refreshToken = second.refresh_token;
  await assertRevoked(me, socket);
  expectStatus(await other.http('GET', '/users/me'), 200);
});

test('a refresh token that is none: 401, in whatever shape', async () => {
  for (const token of ['', 'none', 'A'.repeat(43), `${'A'.repeat(42)}!`, 'é'.repeat(40)]) {
    assert.equal(await refresh(token), 401, token);
  }
});

test('logins in parallel each get a session of their own', async (t) => {
  const me = await register(t);
  const body = { username: me.username.toUpperCase(), password: PASSWORD };
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => http('POST', `${server.url}/auth/login`, { body })),
  );
  const ids = answers.map((answer) => sessionOf(expectStatus(answer, 200).json<SignedIn>().access_token));
  assert.equal(new Set(ids).size, 4);
});
