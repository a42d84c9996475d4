import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Problem } from '../../server/protocol/resources/problem.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { ServerProcess } from '../support/server-process.ts';

const server = await ServerProcess.start({ after }, { PARLEY_ALLOWED_ORIGINS: 'https://chat.example.org' });
const ada = await ChatClient.register({ after }, server, freshName('ada'));

test('[O1][O3] a token in the header opens: welcome, then sync', async (t) => {
  const { socket } = await (await ChatClient.login(t, server, ada.username)).online();
  assert.equal(socket.subprotocol, '');
  assert.deepEqual(
    socket.received.map(({ type }) => type),
    ['welcome', 'sync'],
  );
});

test('[O1] a token among the subprotocols opens, and the server answers parley.v1 alone', async (t) => {
  const me = await ChatClient.login(t, server, ada.username);
  const socket = await me.connect({ by: 'subprotocol' });
  assert.equal(socket.subprotocol, 'parley.v1');
  const { payload } = await socket.next('welcome');
  assert.equal(payload.user_id, ada.id);
  assert.equal(payload.heartbeat_s, 30);
  assert.equal(payload.cursor, 0);
});

const otherUser = 'eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJhZGEifQ.';
const wrongTokens: readonly (readonly [string, string | undefined])[] = [
  ['no token', undefined],
  ['a token that is none', 'nonsense'],
  ['an unsigned token', otherUser],
  ['a token with a changed signature', `${ada.accessToken.slice(0, -4)}AAAA`],
  ['a refresh token', ada.refreshToken],
];
for (const [what, token] of wrongTokens) {
  test(`[O1] ${what} is refused with 401`, async () => {
    const given = token === undefined ? {} : { token };
    for (const by of ['header', 'subprotocol'] as const) {
      const { status, body } = await ChatSocket.refusal(server.socketUrl, { ...given, by });
      assert.equal(status, 401);
      assert.equal((JSON.parse(body) as Problem).code, 'unauthorized');
    }
  });
}

test('[O1] a token in the URL is not looked at', async () => {
  const { status } = await ChatSocket.refusal(`${server.socketUrl}?token=${ada.accessToken}`, {});
  assert.equal(status, 401);
});

test('[O2] a foreign origin is refused with 403, its own and an allowed one are not', async (t) => {
  const refused = await ChatSocket.refusal(server.socketUrl, {
    token: ada.accessToken,
    origin: 'https://evil.example',
  });
  assert.equal(refused.status, 403);
  assert.equal((JSON.parse(refused.body) as Problem).code, 'forbidden');
  const nul = await ChatSocket.refusal(server.socketUrl, { token: ada.accessToken, origin: 'null' });
  assert.equal(nul.status, 403);
  const me = await ChatClient.login(t, server, ada.username);
  for (const origin of [server.url, 'https://chat.example.org']) await me.online({ origin });
});

test('a cursor that is no number is refused with 400', async () => {
  for (const cursor of ['-1', 'abc', '1.5', '']) {
    const { status } = await ChatSocket.refusal(`${server.socketUrl}?cursor=${cursor}`, {
      token: ada.accessToken,
    });
    assert.equal(status, 400, `cursor=${cursor}`);
  }
});

test('[P6] after logout the token opens nothing, and the open socket closes', async (t) => {
  const me = await ChatClient.login(t, server, ada.username);
  const { socket } = await me.online();
  assert.equal((await me.http('POST', '/auth/logout')).status, 204);
  assert.equal((await socket.next('session')).payload.change, 'revoked');
  assert.equal((await socket.closed).code, 4409);
  const { status } = await ChatSocket.refusal(server.socketUrl, { token: me.accessToken });
  assert.equal(status, 401);
  assert.equal((await me.http('GET', '/users/me')).status, 401);
});

test('[O9][O10] an expired token closes its socket with 4401, a renewed one keeps it', async (t) => {
  const own = await ServerProcess.start(t, { PARLEY_ACCESS_TTL_S: '2' });
  const [stays, goes] = await Promise.all([
    ChatClient.register(t, own, freshName('stays')),
    ChatClient.register(t, own, freshName('goes')),
  ]);
  const [kept, lost] = await Promise.all([stays.online(), goes.online()]);
  await stays.refresh();
  kept.socket.send('auth', { token: stays.accessToken });
  await kept.socket.next('auth');
  assert.equal((await lost.socket.closed).code, 4401);
  assert.equal((await kept.socket.closed).code, 4401, 'the renewed token runs out too');
});

test('[O10] a heartbeat nobody answers closes with 4408, an answered one does not', async (t) => {
  const own = await ServerProcess.start(t, { PARLEY_HEARTBEAT_S: '0.5' });
  const me = await ChatClient.register(t, own, freshName('ada'));
  const silent = await me.online({ answerPings: false });
  const { socket } = await me.online();
  assert.equal((await silent.socket.closed).code, 4408);
  await socket.next('ping');
  await socket.next('ping');
  await socket.roundTrip();
});
