import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { AVATAR_MAX_BYTES } from '../../server/protocol/limits.ts';
import type { UserResource } from '../../server/protocol/resources/user.ts';
import { ChatClient, expectStatus, freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import { assertNoHole } from '../support/cursors.ts';
import { http } from '../support/http-client.ts';
import { jpeg, png, pngChunk, webpOf, lossy } from '../support/sample-images.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });

const patch = (client: ChatClient, body: unknown) => client.http('PATCH', '/users/me', { body });
const put = (client: ChatClient, body: Buffer, type = 'image/png') =>
  client.http('PUT', '/users/me/avatar', { body, headers: { 'content-type': type } });
const profileOf = (user: UserResource): unknown =>
  'deleted' in user ? 'deleted' : [user.display_name, user.about, user.avatar];

test('[U1] [U2] a profile is changed field by field, trimmed, and seen by everybody', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  assert.deepEqual(profileOf(await ben.user(ada.id)), [null, null, null]);
  const answer = expectStatus(
    await patch(ada, { display_name: ' \u00a0Ada Lovelace\n', about: '  at sea ' }),
    200,
  );
  assert.deepEqual(profileOf(answer.json()), ['Ada Lovelace', 'at sea', null]);
  assert.deepEqual(profileOf(await ben.user(ada.id)), ['Ada Lovelace', 'at sea', null]);
  expectStatus(await patch(ada, { about: ' \t ' }), 200);
  assert.deepEqual(profileOf(await ada.get('/users/me')), ['Ada Lovelace', null, null]);
  assert.deepEqual(profileOf(expectStatus(await patch(ada, {}), 200).json()), ['Ada Lovelace', null, null]);
  expectStatus(await patch(ada, { display_name: null }), 200);
  assert.deepEqual(profileOf(await ben.user(ada.id)), [null, null, null]);
  const { users } = await ben.get<{ users: UserResource[] }>(`/users?query=${ada.username}`);
  assert.deepEqual(users.map(profileOf), [[null, null, null]]);
});

test('[U1] what a profile must not hold is refused, and takes nothing from the budget', async (t) => {
  const [ada] = await twoPeople(t, server);
  const refused = [
    ...['', ' ', '\u200b\u00ad\ufeff', 'a'.repeat(65), '👍'.repeat(65), 'Deleted User', 'DELETED  uséR'],
    ...['a\u0000b', 'a\nb', 'a\u0085b', 'a\u2028b', 'a\u2029b', '\ud800', 7, true, ['a'], {}],
    ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'].map(
      (each) => `a${each}b`,
    ),
  ];
  for (const display_name of refused) {
    const answer = expectStatus(await patch(ada, { display_name }), 400);
    const { errors } = answer.json<{ errors: { path: string }[] }>();
    assert.deepEqual(
      errors.map(({ path }) => path),
      ['display_name'],
      JSON.stringify(display_name),
    );
  }
  for (const about of ['a'.repeat(201), 'a\u0007b', 'a\u202eb', '\udc00'])
    expectStatus(await patch(ada, { about }), 400);
  for (const body of [
    { username: 'x' },
    { avatar: null },
    { display_name: 'x', role: 'admin' },
    [],
    'x',
    null,
  ])
    expectStatus(await patch(ada, body), 400);
  const longest = ['👍'.repeat(64), '👩‍👩‍👧'.repeat(25)];
  expectStatus(await patch(ada, { display_name: longest[0], about: longest[1] }), 200);
  assert.deepEqual(profileOf(await ada.get('/users/me')), [...longest, null]);
});

test('[U3] [O3] a change is told live to all devices of both, in the order of their logs, and replayed', async (t) => {
  const own = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, own);
  const [cleo] = await twoPeople(t, own);
  const phone = await ChatClient.login(t, own, ada.username);
  const [a, p, b, c] = await Promise.all([ada.online(), phone.online(), ben.online(), cleo.online()]);
  await say(a.socket, ben, 'hello');
  await b.socket.next('message');
  const start = b.socket.received.findLast((frame) => frame.type === 'message')?.cursor ?? 0;
  expectStatus(await patch(phone, { display_name: 'Ada' }), 200);
  const told = await Promise.all([a, p, b].map(({ socket }) => socket.next('user')));
  for (const [at, viewer] of [ada, phone, ben].entries()) {
    assert.equal(told[at]?.payload.change, 'updated');
    assert.deepEqual(told[at].payload.user, await viewer.user(ada.id));
  }
  assert.equal(told[0]?.cursor, told[1]?.cursor, 'one event of one log');
  expectStatus(await patch(ada, { display_name: 'Ada' }), 200);
  await say(b.socket, ada, 'hello Ada');
  expectStatus(await put(ada, png(2, 2)), 204);
  const { payload } = await b.socket.next('user');
  assert.ok('avatar' in payload.user && payload.user.avatar !== null);
  for (const { socket, cursor } of [a, p, b]) assertNoHole(socket.received, cursor);
  await c.socket.roundTrip();
  assert.ok(!c.socket.received.some(({ type }) => type === 'user'), 'nobody else is told');
  await own.kill('SIGKILL');
  await own.restart();
  const { socket, cursor } = await ben.online({ cursor: start });
  const replayed = socket.received.filter((frame) => frame.type === 'user');
  assert.deepEqual(
    replayed.map((frame) => frame.payload),
    [{ change: 'updated', user: await ben.user(ada.id) }],
    'the last change only, as the profile is now',
  );
  assert.equal(cursor, start + 3);
});

test('[U5] [U4] a deletion removes all of a profile', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  await say(a.socket, ben, 'hello');
  expectStatus(await patch(ada, { display_name: 'Ada Byron', about: 'soon gone' }), 200);
  expectStatus(await put(ada, png(3, 3)), 204);
  await b.socket.next('user', ({ payload }) => 'avatar' in payload.user && payload.user.avatar !== null);
  expectStatus(await ada.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
  await b.socket.next('user', ({ payload }) => payload.change === 'deleted');
  assert.equal(profileOf(await ben.user(ada.id)), 'deleted');
  expectStatus(await ben.http('GET', `/users/${ada.id}/avatar`), 404);
  assert.deepEqual((await ben.get<{ users: unknown[] }>('/users?query=byron')).users, []);
  const replay = await ben.online({ cursor: 0 });
  assert.ok(!JSON.stringify(replay.socket.received).includes('Byron'));
});

test('[U6] an avatar is what its bytes are; whoever is signed in gets it, as often as it has changed', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const path = `/users/${ada.id}/avatar`;
  expectStatus(await ben.http('GET', path), 404);
  expectStatus(await ben.http('GET', `/users/${crypto.randomUUID()}/avatar`), 404);
  const images = [
    ['image/png', 'avatar.png', png(512, 512, { size: AVATAR_MAX_BYTES })],
    ['image/jpeg', 'avatar.jpg', jpeg(12, 12)],
    ['image/webp', 'avatar.webp', webpOf(lossy(1, 1))],
  ] as const;
  for (const [type, name, bytes] of images) {
    expectStatus(await put(ada, bytes, type), 204);
    const answer = expectStatus(await ben.http('GET', path), 200);
    assert.ok(answer.bytes.equals(bytes));
    const version = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    assert.deepEqual(profileOf(await ben.user(ada.id)), [null, null, version]);
    const { headers } = answer;
    assert.equal(headers['content-type'], type);
    assert.equal(headers.etag, `"${version}"`);
    assert.equal(headers['cache-control'], 'private, no-cache');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(String(headers['content-security-policy']), /^sandbox; default-src 'none'/);
    assert.equal(headers['content-disposition'], `attachment; filename="${name}"`);
    for (const known of [`"${version}"`, `W/"${version}"`, `"other", "${version}"`, '*']) {
      const same = await ben.http('GET', path, { headers: { 'if-none-match': known } });
      assert.deepEqual([expectStatus(same, 304).bytes.length, same.headers.etag], [0, `"${version}"`]);
    }
    const head = expectStatus(await ben.http('HEAD', path), 200);
    assert.equal(head.headers['content-length'], String(bytes.length));
    expectStatus(await ben.http('GET', path, { headers: { 'if-none-match': '"another"' } }), 200);
  }
  assert.equal((await http('GET', `${server.url}${path}`)).status, 401);
  expectStatus(await ada.http('DELETE', '/users/me/avatar'), 204);
  expectStatus(await ben.http('GET', path), 404);
  expectStatus(await ada.http('DELETE', '/users/me/avatar'), 204);
});

test('[U6] what is no avatar is refused by what it is, and changes nothing', async (t) => {
  const [ada] = await twoPeople(t, server);
  const good = png(4, 4, { extra: [pngChunk('tEXt', Buffer.from('GPS 52.5163'))] });
  expectStatus(await put(ada, good), 204);
  const { avatar } = await ada.get<{ avatar: string }>('/users/me');
  assert.ok(!(await ada.http('GET', `/users/${ada.id}/avatar`)).text.includes('GPS'));
  for (const type of [
    'image/gif',
    'image/svg+xml',
    'application/json',
    'text/html',
    'application/octet-stream',
  ])
    expectStatus(await put(ada, good, type), 415);
  expectStatus(await put(ada, good, 'image/jpeg'), 400);
  for (const bytes of [Buffer.from('<svg/>'), Buffer.alloc(0), good.subarray(0, -1), png(513, 1), jpeg(2, 2)])
    expectStatus(await put(ada, bytes), 400);
  const large = png(4, 4, { size: AVATAR_MAX_BYTES + 1 });
  expectStatus(await put(ada, large), 413);
  expectStatus(
    await ada.http('PUT', '/users/me/avatar', {
      // Of what is larger than a megabyte the server reads no more, and a client that still sends may miss the answer.
      body: Buffer.alloc(900 * 1024),
      headers: { 'content-type': 'image/png' },
    }),
    413,
  );
  expectStatus(await ada.http('PATCH', '/users/me', { body: { about: 'x'.repeat(70_000) } }), 413);
  assert.equal((await ada.get<{ avatar: string }>('/users/me')).avatar, avatar);
});

test('[U8] changes of display name, text and avatar count together, for each user by themself', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  for (let n = 0; n < 4; n += 1) {
    expectStatus(await patch(ada, { display_name: `Ada ${String(n)}` }), 200);
    expectStatus(await put(ada, png(1, 1, { shade: n })), 204);
  }
  expectStatus(await ada.http('DELETE', '/users/me/avatar'), 204);
  // What changes nothing, and what is refused, does not count.
  for (let n = 0; n < 11; n += 1) {
    expectStatus(await ada.http('DELETE', '/users/me/avatar'), 204);
    expectStatus(await patch(ada, { display_name: 'Ada 3' }), 200);
    expectStatus(await patch(ada, { display_name: 'Deleted User' }), 400);
  }
  expectStatus(await patch(ada, { about: 'the last one' }), 200);
  for (const answer of [
    await patch(ada, { about: 'one too many' }),
    await put(ada, png(1, 1)),
    await ada.http('DELETE', '/users/me/avatar'),
  ]) {
    expectStatus(answer, 429);
    const seconds = Number(answer.headers['retry-after']);
    assert.ok(seconds > 30 && seconds <= 60, String(seconds));
  }
  expectStatus(await patch(ada, {}), 200);
  expectStatus(await patch(ben, { about: 'somebody else' }), 200);
});

test('[U7] [F6] people are found by their display names', async (t) => {
  const own = await ServerProcess.start(t);
  const ada = await ChatClient.register(t, own, freshName('ada'));
  const ben = await ChatClient.register(t, own, freshName('ben'));
  expectStatus(await patch(ben, { display_name: 'Bénédicte Öztürk' }), 200);
  const found = async (path: string): Promise<string[]> =>
    (await ada.get<{ users: { username: string }[] }>(path)).users.map(({ username }) => username);
  for (const query of ['ozt', 'ÖZT', 'bened', 'ben', ` ${ben.username} `])
    assert.deepEqual(await found(`/users?query=${encodeURIComponent(query)}`), [ben.username], query);
  assert.deepEqual(await found('/users?query=turk'), []);
  assert.deepEqual(await found('/search?type=users&q=ozturk'), [ben.username]);
  const { socket } = await ada.online();
  await say(socket, ben, 'hello');
  const { conversations } = await ada.get<{ conversations: { peer: { username: string } }[] }>(
    '/search?type=conversations&q=ozturk',
  );
  assert.deepEqual(
    conversations.map(({ peer }) => peer.username),
    [ben.username],
  );
});
