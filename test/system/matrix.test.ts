import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ServerFrame } from '../../server/protocol/server-frames.ts';
import { CLIENT_FRAMES, type ClientFrameType } from '../../server/protocol/client-frames.ts';
import { sayWith, upload } from '../support/attach.ts';
import { ChatClient, expectStatus, freshName, twoPeople } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { http, type HttpAnswer } from '../support/http-client.ts';
import { ACTION_ROWS, ROUTE_ROWS, type Named, type Request } from '../support/matrix-rows.ts';
import { promote } from '../support/promote.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sessionOf, tokensOfNobody } from '../support/token-states.ts';

const SECRET = 'the key of the matrix, 32 bytes or more';
const CANARY = 'canary: the two of us alone';
const server = await ServerProcess.start(
  { after },
  {
    PARLEY_JWT_SECRET: SECRET,
    PARLEY_LOGIN_MAX_FAILURES: '100000',
    PARLEY_PUSH_SUBJECT: 'mailto:admin@chat.example',
  },
);
const [ada, ben] = await twoPeople({ after }, server);
const eve = await ChatClient.register({ after }, server, freshName('eve'));
const { socket: adas } = await ada.online();
const file = await upload(ada, Buffer.from(CANARY), { type: 'text/plain' });
const UPLOAD_KEY = crypto.randomUUID();
await upload(ada, Buffer.from('not sent'), { headers: { 'upload-key': UPLOAD_KEY } });
const sent = await sayWith(adas, ben, [file.id], CANARY);
const real: Named = {
  user: ada.id,
  username: ada.username,
  conversation: sent.payload.conversation_id,
  message: sent.payload.message_id,
  session: sessionOf(ada.accessToken),
  attachment: file.id,
  upload: UPLOAD_KEY,
};
const nothing: Named = {
  user: crypto.randomUUID(),
  username: 'nobody.here',
  conversation: crypto.randomUUID(),
  message: crypto.randomUUID(),
  session: crypto.randomUUID(),
  attachment: crypto.randomUUID(),
  upload: crypto.randomUUID(),
};
const admin = await ChatClient.register({ after }, server, freshName('admin'));
await promote(server, admin.username);
const [demoted, disabled] = [
  await ChatClient.register({ after }, server, freshName('demoted')),
  await ChatClient.register({ after }, server, freshName('disabled')),
];
for (const { username } of [demoted, disabled])
  expectStatus(await admin.http('POST', `/admin/api/users/${username}/promote`), 200);
for (const each of [demoted, disabled]) expectStatus(await each.http('GET', '/admin/api/status'), 200);
expectStatus(await admin.http('POST', `/admin/api/users/${demoted.username}/demote`), 200);
expectStatus(await admin.http('POST', `/admin/api/users/${disabled.username}/disable`), 200);
const nobodies = await tokensOfNobody({ after }, server, SECRET);

const send = (method: string, { path, body, headers }: Request, token?: string): Promise<HttpAnswer> =>
  http(method, `${server.url}${path}`, {
    ...(body === undefined ? {} : { body }),
    ...(headers === undefined ? {} : { headers }),
    ...(token === undefined ? {} : { token }),
  });

/** What tells one answer from another, without the marks of the single request. */
const looks = ({ status, text, headers }: HttpAnswer): unknown => {
  const { date: _date, 'x-request-id': _id, ...rest } = headers;
  return { status, text, headers: rest };
};
const assertNoLeak = (text: string): void => {
  for (const secret of [CANARY, real.conversation, real.message, real.session]) {
    assert.ok(!text.includes(secret), `${secret} in ${text}`);
  }
};

const { paths } = (await send('GET', { path: '/openapi.json' })).json<{
  paths: Record<string, Record<string, unknown>>;
}>();
const served = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods)
    // HEAD is answered as GET is, without the body.
    .filter((method) => method !== 'head')
    .map((method) => [method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1')] as const),
);

test('every route of the document has a row, and every row a route', () => {
  const routes = served.map(([method, path]) => `${method} ${path}`);
  assert.deepEqual(Object.keys(ROUTE_ROWS).sort(), routes.sort());
});

for (const [method, path] of served) {
  const row = ROUTE_ROWS[`${method} ${path}`];
  if (row === undefined) continue;

  test(`${method} ${path}: whoever is nobody`, async () => {
    const request = 'ask' in row ? row.ask(real) : { path, body: row.body };
    const answers = new Set<string>();
    for (const [what, token] of nobodies) {
      const answer = await send(method, request, token);
      assert.equal(answer.status, 'open' in row ? row.open : 401, what);
      assertNoLeak(answer.text);
      answers.add(answer.text);
    }
    assert.equal(answers.size, 1, 'the reason is not told');
  });

  if ('own' in row) {
    test(`${method} ${path}: a stranger finds themselves only`, async (t) => {
      const other = await ChatClient.login(t, server, eve.username);
      const answer = await send(method, row.ask(real), other.accessToken);
      assert.equal(answer.status, row.own, answer.text);
      assertNoLeak(answer.text);
    });
  }
  if ('admin' in row) {
    test(`[A12] ${method} ${path}: a user, an admin, one who was demoted, and one who is disabled`, async () => {
      const refused: HttpAnswer[] = [];
      const answers = new Set<string>();
      for (const named of [real, nothing]) {
        for (const client of [ada, demoted])
          refused.push(await send(method, row.ask(named), client.accessToken));
      }
      for (const answer of refused) {
        assert.equal(answer.status, 403, answer.text);
        answers.add(JSON.stringify(looks(answer)));
      }
      assert.equal(answers.size, 1, 'what exists is not told');
      assert.equal((await send(method, row.ask(real), disabled.accessToken)).status, 401);
      const answer = await send(method, row.ask(nothing), admin.accessToken);
      assert.equal(answer.status, row.admin, answer.text);
      assert.ok(!answer.text.includes(CANARY));
    });
  }
  if ('stranger' in row) {
    test(`[C2] ${method} ${path}: a stranger, the partner, and an id that nothing has`, async (t) => {
      const stranger = await ChatClient.register(t, server, freshName('eve'));
      const there = await send(method, row.ask(real), stranger.accessToken);
      const missing = await send(method, row.ask(nothing), stranger.accessToken);
      assert.equal(there.status, row.stranger, there.text);
      assert.equal(missing.status, 404);
      assertNoLeak(there.text);
      if (row.hidden) assert.deepEqual(looks(there), looks(missing));
      if (row.stranger < 300) assert.doesNotMatch(there.text, /"status":"o|"last_seen":"/, 'no presence');
      assert.equal((await send(method, row.ask(real), ben.accessToken)).status, row.partner);
    });
  }
}

test('[C2] what a stranger did is not felt: both still have what they had', async () => {
  expectStatus(await ada.http('GET', '/users/me'), 200);
  assert.deepEqual(
    (await ada.history(real.conversation)).map(({ content }) => content),
    [CANARY],
  );
});

const { components } = (await send('GET', { path: '/asyncapi.json' })).json<{
  components: { messages: Record<string, unknown> };
}>();
const actions = Object.keys(components.messages).flatMap((key) =>
  key.startsWith('up_') ? [key.slice(3)] : [],
);

test('every action of the document has a row, and every row an action', () => {
  assert.deepEqual(Object.keys(ACTION_ROWS).sort(), [...actions].sort());
  assert.deepEqual(Object.keys(CLIENT_FRAMES).sort(), [...actions].sort());
});

for (const [what, token] of nobodies) {
  test(`[O1] no connection, and so no action, for ${what}`, async () => {
    for (const by of ['header', 'subprotocol'] as const) {
      const opening = { by, ...(token === undefined ? {} : { token }) };
      const { status, body } = await ChatSocket.refusal(`${server.socketUrl}?cursor=0`, opening);
      assert.equal(status, 401);
      assertNoLeak(body);
    }
  });
}

/** Without what changes from one moment to the next. */
const heard = (frames: readonly ServerFrame[]): unknown =>
  frames.map(({ type, payload }) =>
    type === 'user'
      ? { type, ...payload, user: payload.user.id }
      : { type, ...payload, ref: undefined, server_time: undefined },
  );

for (const action of actions) {
  const row = ACTION_ROWS[action as ClientFrameType];
  test(`[P5] ${action}: a stranger hears what they would of nothing, the two hear nothing`, async () => {
    const { socket } = await eve.online();
    const before = adas.received.length;
    const from = socket.received.length;
    const frames: ServerFrame[][] = [];
    for (const named of [real, nothing]) {
      const at = socket.received.length;
      const envelope = { id: crypto.randomUUID(), type: action, payload: row.ask(named) };
      socket.sendRaw(JSON.stringify(envelope));
      if (row.hears !== null && row.hears in { sync: 0, pong: 0 })
        await socket.next(row.hears as 'sync' | 'pong');
      else if (row.hears !== null) assert.equal((await socket.next('error')).payload.code, row.hears);
      await socket.roundTrip();
      frames.push(socket.received.slice(at));
    }
    assert.deepEqual(heard(frames[0] ?? []), heard(frames[1] ?? []));
    assertNoLeak(JSON.stringify(socket.received.slice(from)));
    await adas.roundTrip();
    assert.deepEqual(
      adas.received.slice(before).map(({ type }) => type),
      ['pong'],
    );
    socket.terminate();
  });
}

test('[P6] a connection that was open when its session ended acts no more', async (t) => {
  const other = await ChatClient.login(t, server, ada.username);
  const { socket } = await other.online();
  expectStatus(await ada.http('DELETE', `/users/me/sessions/${sessionOf(other.accessToken)}`), 204);
  socket.send('message', { recipient_id: ben.id, content: 'after the end' });
  assert.equal((await socket.closed).code, 4409);
  assert.ok(!socket.received.some(({ type }) => type === 'ack'));
  assert.deepEqual(
    (await ada.history(real.conversation)).map(({ content }) => content),
    [CANARY],
  );
});
