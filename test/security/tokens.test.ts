import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { hostileTokens } from '../support/hostile-tokens.ts';
import { http } from '../support/http-client.ts';
import { count } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** S-1. */
const SECRET = 'the key of the tokens, 32 bytes or more';
const server = await ServerProcess.start({ after }, { PARLEY_JWT_SECRET: SECRET });
const ada = await ChatClient.register({ after }, server, freshName('ada'));
const genuine = ada.accessToken;
const hostile = hostileTokens({ token: genuine, secret: SECRET, refreshToken: ada.refreshToken });

const looks = ({ text, headers }: { text: string; headers: object }): string => {
  const { date: _date, 'x-request-id': _id, ...rest } = headers as Record<string, unknown>;
  return JSON.stringify({ text, rest });
};
/** Some are too long for a head; uWebSockets.js refuses these before anybody reads the token. */
const TOO_LONG = 3_800;

test('[O1] hostile tokens get in nowhere: one and the same 401 on HTTP, as a header and as a subprotocol', async (t) => {
  const answers = new Set<string>();
  const bodies = new Set<string>();
  for (const [what, token] of hostile) {
    if (token.length > TOO_LONG) {
      const cut = await http('GET', `${server.url}/users/me`, { token, foreign: true }).catch(() => ({
        status: 431,
      }));
      assert.ok([400, 401, 431].includes(cut.status), what);
      continue;
    }
    const answer = await http('GET', `${server.url}/users/me`, { token });
    assert.equal(answer.status, 401, what);
    answers.add(looks(answer));
    for (const by of ['header', 'subprotocol'] as const) {
      // A subprotocol is a token of HTTP's grammar: the client itself refuses to send some of these.
      if (by === 'subprotocol' && !/^[\w.-]+$/.test(token)) continue;
      const refusal = await ChatSocket.refusal(server.socketUrl, { token, by });
      assert.equal(refusal.status, 401, `${what}, ${by}`);
      bodies.add(refusal.body);
    }
  }
  assert.equal(answers.size, 1, 'the reason is not told');
  assert.equal(bodies.size, 1);
  count(t, 'S-1', { tokens: hostile.size, accepted: 0 });
  assert.ok(hostile.size >= 60);
});

test('[O9] nor does any of them renew a connection', async () => {
  const { socket } = await ada.online();
  for (const [what, token] of hostile) {
    if (token.length > 60_000) continue;
    const id = socket.send('auth', { token });
    const { payload } = await socket.next('error');
    assert.deepEqual([payload.code, payload.ref], ['unauthorized', id], what);
  }
  socket.send('auth', { token: genuine });
  await socket.next('auth');
  socket.terminate();
});

const headerForms: readonly (readonly [string, string])[] = [
  ['no scheme', genuine],
  ['Basic', `Basic ${Buffer.from(`${ada.username}:x`).toString('base64')}`],
  ['Token', `Token ${genuine}`],
  ['two spaces', `Bearer  ${genuine}`],
  ['a tab', `Bearer\t${genuine}`],
  ['two tokens', `Bearer ${genuine} ${genuine}`],
  ['a comma', `Bearer ${genuine}, Bearer ${genuine}`],
  ['quotes', `Bearer "${genuine}"`],
  ['nothing after it', 'Bearer '],
];
for (const [what, authorization] of headerForms) {
  test(`[O1] a genuine token is not taken from a header with ${what}`, async () => {
    assert.equal((await http('GET', `${server.url}/users/me`, { headers: { authorization } })).status, 401);
    const { status } = await ChatSocket.refusal(server.socketUrl, { headers: { authorization } });
    assert.equal(status, 401);
  });
}

test('[O1] a genuine token counts nowhere but in its header: not as a cookie, not in the address, not in a body', async () => {
  const get = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
    (await http('GET', `${server.url}${path}`, { headers })).status;
  const cookie = `token=${genuine}; access_token=${genuine}; Authorization=Bearer ${genuine}`;
  assert.equal(await get('/users/me', { cookie }), 401);
  assert.equal(await get(`/users/me?access_token=${genuine}`), 401);
  assert.equal(await get(`/users/me?token=${genuine}`), 401);
  assert.equal(await get('/users/me', { 'x-access-token': genuine }), 401);
  assert.equal(await get('/users/me', { 'proxy-authorization': `Bearer ${genuine}` }), 401);
  for (const url of [`${server.socketUrl}?token=${genuine}`, `${server.socketUrl}?access_token=${genuine}`]) {
    assert.equal((await ChatSocket.refusal(url, { headers: { cookie } })).status, 401);
  }
  const wrong = { authorization: 'Bearer x.y.z' };
  assert.equal(await get('/users/me', { ...wrong, cookie }), 401, 'a cookie does not help a wrong header');
  const { status } = await ChatSocket.refusal(server.socketUrl, {
    token: genuine,
    by: 'subprotocol',
    headers: wrong,
  });
  assert.equal(status, 401, 'two that differ');
  assert.equal(await get('/users/me', { authorization: `Bearer ${genuine}` }), 200);
});
