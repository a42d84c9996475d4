import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatClient, expectStatus, freshName, PASSWORD } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { http } from '../support/http-client.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sessionOf } from '../support/token-states.ts';

/** S-14: each way a session can end, again and again, with its sockets, its tokens and whatever was on its way. */
const ROUNDS = scaled({ sample: 8, long: 200 });
const server = await ServerProcess.start({ after }, { PARLEY_LOGIN_MAX_FAILURES: '1000000' });
const WAYS = ['logout', 'revoked', 'password', 'deleted', 'reuse'] as const;

interface Life {
  readonly desk: ChatClient;
  readonly phone: ChatClient;
}

/** Ends the phone's session; what its sockets are told. */
const end = async (way: (typeof WAYS)[number], { desk, phone }: Life): Promise<number> => {
  switch (way) {
    case 'logout':
      expectStatus(await phone.http('POST', '/auth/logout'), 204);
      return 4409;
    case 'revoked':
      expectStatus(await desk.http('DELETE', `/users/me/sessions/${sessionOf(phone.accessToken)}`), 204);
      return 4409;
    case 'password': {
      const body = { current_password: PASSWORD, new_password: 'Another-Horse-8' };
      expectStatus(await desk.http('POST', '/users/me/password', { body }), 204);
      return 4409;
    }
    case 'deleted':
      expectStatus(await desk.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
      return 4403;
    case 'reuse': {
      const spent = phone.refreshToken;
      await phone.refresh();
      await phone.refresh();
      const body = { refresh_token: spent };
      expectStatus(await http('POST', `${server.url}/auth/refresh`, { body }), 401);
      return 4409;
    }
  }
};

test('[P6] however a session ends: refused at once, its sockets closed, and nothing it sends later is taken', async (t) => {
  const random = chance(t);
  const friend = await ChatClient.register(t, server, freshName('friend'));
  const friends = await friend.online();
  for (let round = 0; round < ROUNDS; round += 1) {
    const way = WAYS[round % WAYS.length] ?? 'logout';
    const desk = await ChatClient.register(t, server, freshName('ada'));
    const phone = await ChatClient.login(t, server, desk.username);
    const sockets = await Promise.all(Array.from({ length: random.between(1, 4) }, () => phone.online()));
    const code = await end(way, { desk, phone });
    // From the answer on nothing is let in, whether the sockets have heard of it or not.
    const late = sockets.map(({ socket }) =>
      socket.send('message', { recipient_id: friend.id, content: `late ${way}` }),
    );
    assert.equal((await phone.http('GET', '/users/me')).status, 401, way);
    const opening = { token: phone.accessToken };
    assert.equal((await ChatSocket.refusal(server.socketUrl, opening)).status, 401, way);
    const body = { refresh_token: phone.refreshToken };
    assert.equal((await http('POST', `${server.url}/auth/refresh`, { body })).status, 401, way);
    for (const { socket } of sockets) {
      assert.equal((await socket.closed).code, code, way);
      assert.ok(
        !socket.received.some((frame) => frame.type === 'ack' && late.includes(frame.payload.message_id)),
        way,
      );
    }
    if (way === 'deleted') continue;
    expectStatus(await desk.http('GET', '/users/me'), 200);
  }
  await friends.socket.roundTrip();
  assert.ok(!friends.socket.received.some(({ type }) => type === 'message'), 'nothing late arrived');
  count(t, 'S-14', { rounds: ROUNDS, ways: WAYS.length, seed: random.seed });
});

test('[P9] sessions of one person are limited: beyond it the longest unused ends, one with a socket does not', async (t) => {
  const { SESSIONS_MAX } = await import('../../server/storage/presenting/session-resource.ts');
  const me = await ChatClient.register(t, server, freshName('ada'));
  const first = await ChatClient.login(t, server, me.username);
  await me.online();
  for (let i = 0; i < SESSIONS_MAX - 1; i += 1) await ChatClient.login(t, server, me.username);
  expectStatus(await me.http('GET', '/users/me'), 200);
  expectStatus(await first.http('GET', '/users/me'), 401);
  const { sessions } = await me.get<{ sessions: unknown[] }>('/users/me/sessions');
  assert.equal(sessions.length, SESSIONS_MAX);
});
