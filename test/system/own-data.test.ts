import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { after, test, type TestContext } from 'node:test';
import type { ExportLink } from '../../server/protocol/resources/own-data.ts';
import { sayWith, upload } from '../support/attach.ts';
import { ChatClient, expectStatus, freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { within } from '../support/deadline.ts';
import { eventually } from '../support/eventually.ts';
import { exportedData, pagesOfApi, waitingExport, type ExportedData } from '../support/export-download.ts';
import { inOrder } from '../support/in-order.ts';
import { http } from '../support/http-client.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { denseTexts } from '../support/random-text.ts';
import { react } from '../support/react.ts';
import { png } from '../support/sample-images.ts';
import { say } from '../support/say.ts';
import { chance, scaled, testInExtended } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { checkedByPrograms, filesOfZip } from '../support/zip-files.ts';

const server = await ServerProcess.start({ after }, { PARLEY_METRICS_PORT: '0' });
const metrics = await metricsUrl(server);

const exported = async (client: ChatClient): Promise<ExportedData> =>
  exportedData(expectStatus(await client.http('GET', '/users/me/export'), 200).bytes);

/** Sends many messages without waiting for each. */
const sendMany = async (socket: ChatSocket, to: ChatClient, texts: readonly string[]): Promise<void> => {
  const ids = texts.map((content) => socket.send('message', { recipient_id: to.id, content }));
  const last = ids.at(-1);
  await socket.next('ack', ({ payload }) => payload.message_id === last && payload.status === 'sent');
};

const HOSTILE = [
  '<script>document.title = "bad"</script>',
  '</style></p><img src="http://192.0.2.1/x" onerror="alert(1)">',
  '\u202eright to left \u2066 and \u2028 lines\r\n',
  '"quotes" & \'more\' ',
  '👩‍👩‍👧 日本 ñ',
];

/** Somebody with a bit of everything, and more than one page of messages. */
const peopleWithHistory = async (t: TestContext) => {
  const [ada, ben] = await twoPeople(t, server);
  const [cleo, dan] = await twoPeople(t, server);
  const [a, b, c, d] = await Promise.all([ada.online(), ben.online(), cleo.online(), dan.online()]);
  const random = chance(t);
  for (let round = 0; round < scaled({ sample: 20, extended: 40 }); round += 1) {
    const [socket, peer] = random.chance(0.5) ? [a.socket, ben] : [b.socket, ada];
    await sendMany(
      socket,
      peer,
      Array.from({ length: random.between(1, 15) }, () => random.pick(HOSTILE)),
    );
  }
  const first = await say(b.socket, ada, 'the first of a thread');
  await say(a.socket, ben, 'a reply', crypto.randomUUID(), first.payload.message_id);
  await react(a.socket, first.payload.message_id, '👍');
  await react(b.socket, first.payload.message_id, '❤️');
  const gone = await say(a.socket, cleo, 'a secret that was cleared');
  expectStatus(await ada.http('DELETE', `/conversations/${gone.payload.conversation_id}`), 204);
  await say(c.socket, ada, 'after it was cleared');
  await say(d.socket, ada, 'from somebody who goes');
  expectStatus(await dan.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
  // Opened, and nothing was ever written there.
  const emil = await ChatClient.register(t, server, freshName('emil'));
  await ada.conversationWith(emil);
  const profile = { display_name: 'Ada <b>Lovelace</b>', about: '</style><script>x</script>' };
  expectStatus(await ada.http('PATCH', '/users/me', { body: profile }), 200);
  return { ada, ben, dan };
};

test('[E1] [E2] an export has the file of every attachment that its user sees, under a name that is safe', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [cleo] = await twoPeople(t, server);
  const { socket } = await ada.online();
  const photo = randomBytes(900_000);
  const named = ['photo.jpg', '<script>.html', 'CON', 'bericht ö.pdf'];
  const sent = await inOrder(named, (name) => upload(ada, photo, { name }));
  sent.push(await upload(ada, Buffer.alloc(0), { name: 'empty.txt' }));
  await sayWith(
    socket,
    ben,
    sent.map(({ id }) => id),
  );
  const hidden = await upload(ada, Buffer.from('cleared'), { name: 'cleared.txt' });
  const { payload } = await sayWith(socket, cleo, [hidden.id], 'with a file');
  expectStatus(await ada.http('DELETE', `/conversations/${payload.conversation_id}`), 204);
  await upload(ada, Buffer.from('not sent'), { name: 'unsent.txt' });
  for (const client of [ada, ben]) {
    const { bytes } = expectStatus(await client.http('GET', '/users/me/export'), 200);
    t.diagnostic(`checked by ${checkedByPrograms(t, bytes) ?? 'no other program'}`);
    const { files, messages } = await exportedData(bytes);
    const found = [...files].filter(([name]) => name.startsWith('attachments/'));
    assert.deepEqual(
      found.map(([name]) => name.slice('attachments/'.length)),
      sent.map(({ id, name }) => `${id}-${name.replace('<script>', '_script_')}`),
    );
    assert.deepEqual(
      found.map(([, content]) => content),
      [...named.map(() => photo), Buffer.alloc(0)],
    );
    assert.deepEqual(messages[0]?.attachments, sent);
  }
});

test('[E1] an export holds what the pages of the API hold, for any program that reads ZIP files', async (t) => {
  const { ada, ben, dan } = await peopleWithHistory(t);
  const picture = png(20, 20);
  expectStatus(
    await ada.http('PUT', '/users/me/avatar', { body: picture, headers: { 'content-type': 'image/png' } }),
    204,
  );
  const answer = expectStatus(await ada.http('GET', '/users/me/export'), 200);
  assert.equal(answer.headers['content-type'], 'application/zip');
  assert.equal(answer.headers['cache-control'], 'no-store');
  const day = new Date().toISOString().slice(0, 10);
  assert.equal(
    answer.headers['content-disposition'],
    `attachment; filename="parley-export-${ada.username}-${day}.zip"`,
  );
  t.diagnostic(`checked by ${checkedByPrograms(t, answer.bytes) ?? 'no other program'}`);
  const data = await exportedData(answer.bytes);
  const pages = await pagesOfApi(ada);
  assert.ok(pages.messages.length > 100);
  assert.deepEqual(data.conversations, pages.conversations);
  assert.deepEqual(data.messages, pages.messages);
  assert.equal(data.profile['format'], 'parley-own-data');
  assert.deepEqual(data.profile['user'], await ada.get('/users/me'));
  const { sessions } = await ada.get<{ sessions: { id: string }[] }>('/users/me/sessions');
  assert.deepEqual(
    (data.profile['sessions'] as { id: string }[]).map(({ id }) => id),
    sessions.map(({ id }) => id),
  );
  assert.equal(data.profile['avatar_file'], 'avatar.png');
  const avatar = expectStatus(await ada.http('GET', `/users/${ada.id}/avatar`), 200);
  assert.deepEqual(data.files.get('avatar.png'), avatar.bytes);

  const withMessages = data.conversations.filter(({ last_message }) => last_message !== null);
  const names = [...data.files.keys()].filter((name) => name.startsWith('conversations/'));
  assert.equal(names.length, withMessages.length);
  for (const { id, peer } of withMessages) {
    const name = 'deleted' in peer ? 'deleted-user' : peer.username.replaceAll('.', '-');
    assert.ok(names.includes(`conversations/${name}-${id}.html`), `${name} among ${names.join(', ')}`);
  }
  const html = names.map((name) => data.files.get(name)?.toString('utf8') ?? '').join('');
  const everything = [...data.files.values()].map((file) => file.toString('utf8')).join('');
  assert.ok(html.includes('&lt;script&gt;document.title'));
  assert.doesNotMatch(everything, /a secret that was cleared/);
  assert.ok(!everything.includes(dan.username));
  assert.ok(everything.includes('Deleted User'));
  assert.equal(html.match(/<article /g)?.length, data.messages.length);
  // The other side of a conversation has its own.
  const theirs = await exported(ben);
  assert.deepEqual(theirs.messages, (await pagesOfApi(ben)).messages);
});

test('[E1] somebody who has nothing yet gets an export of that', async (t) => {
  const [ada] = await twoPeople(t, server);
  const data = await exported(ada);
  assert.deepEqual(
    [...data.files.keys()],
    ['profile.json', 'conversations.jsonl', 'index.html', 'messages.jsonl'],
  );
  assert.deepEqual([data.conversations, data.messages], [[], []]);
});

test('[E2] while messages come, an export has of each conversation what its line says, and no conversation is missing', async (t) => {
  const [ada, ...peers] = await Promise.all(
    Array.from({ length: 9 }, (_, n) => ChatClient.register(t, server, freshName(`p${String(n)}`))),
  );
  assert.ok(ada);
  const sockets = await Promise.all(peers.map(async (peer) => (await peer.online()).socket));
  for (const socket of sockets)
    await sendMany(
      socket,
      ada,
      Array.from({ length: 30 }, (_, n) => `m${String(n)}`),
    );
  let isOver = false;
  const talking = sockets.map(async (socket) => {
    while (!isOver) await say(socket, ada, 'meanwhile');
  });
  const exports: ExportedData[] = [];
  for (let round = 0; round < scaled({ sample: 2, extended: 10 }); round += 1)
    exports.push(await exported(ada));
  isOver = true;
  await Promise.all(talking);
  for (const { conversations, messages } of exports) {
    assert.deepEqual(conversations.map(({ peer }) => peer.id).sort(), peers.map(({ id }) => id).sort());
    for (const { id, first_seq, last_seq } of conversations) {
      const seqs = messages.filter(({ conversation_id }) => conversation_id === id).map(({ seq }) => seq);
      assert.deepEqual(
        seqs,
        Array.from({ length: last_seq - first_seq + 1 }, (_, n) => first_seq + n),
      );
    }
  }
});

/** An export of these is larger than what the kernel takes for a client that does not read. */
const DENSE = denseTexts(40);

/** Two people who have written each other much. */
const withMuch = async (t: TestContext, at = server): Promise<readonly [ChatClient, ChatClient]> => {
  const [ada, ben] = await twoPeople(t, at);
  const { socket } = await ben.online();
  for (let round = 0; round < 10; round += 1)
    await sendMany(
      socket,
      ada,
      DENSE.map((each) => `${String(round)}${each}`),
    );
  socket.terminate();
  return [ada, ben];
};
const ended = (outcome: 'sent' | 'gone'): Promise<number> =>
  figureOf(metrics, `parley_exports_total{outcome="${outcome}"}`);
const closed = async (response: Awaited<ReturnType<typeof waitingExport>>): Promise<boolean> => {
  response.resume();
  await within(10_000, 'the connection to close', new Promise((resolve) => response.once('close', resolve)));
  return response.complete;
};

test('[E3] [E4] one export at a time for a user; it waits for a slow client, and ends with it or with its session', async (t) => {
  const [ada] = await withMuch(t);
  const phone = await ChatClient.login(t, server, ada.username);
  const before = await ended('sent');
  const slow = await waitingExport(t, server, phone);
  for (const [method, path] of [
    ['GET', '/users/me/export'],
    ['POST', '/users/me/export/link'],
  ] as const) {
    const refused = expectStatus(await ada.http(method, path), 429);
    assert.ok(Number(refused.headers['retry-after']) > 0);
  }
  assert.equal(await figureOf(metrics, 'parley_open_exports'), 1);
  // Others are served as ever, and have exports of their own.
  const [eve] = await twoPeople(t, server);
  expectStatus(await eve.http('GET', '/users/me/export'), 200);
  const whole = await buffer(slow);
  assert.ok(slow.complete);
  assert.equal((await exportedData(whole)).messages.length, 400);
  await eventually('it to be counted', async () => (await ended('sent')) === before + 2);

  const left = await ended('gone');
  (await waitingExport(t, server, phone)).destroy();
  await eventually('the place to be free', async () => (await ended('gone')) === left + 1);

  // [P6]
  const revoked = await waitingExport(t, server, phone);
  const id = (
    await ada.get<{ sessions: { id: string; current: boolean }[] }>('/users/me/sessions')
  ).sessions.find(({ current }) => !current)?.id;
  expectStatus(await ada.http('DELETE', `/users/me/sessions/${id ?? ''}`), 204);
  await within(
    5_000,
    'the end of the export',
    server.run.line('own-data.ended', ({ outcome }) => outcome === 'session'),
  );
  assert.equal(await closed(revoked), false);
  await eventually(
    'the place to be free',
    async () => (await figureOf(metrics, 'parley_open_exports')) === 0,
  );

  const deleted = await waitingExport(t, server, ada);
  expectStatus(await ada.http('DELETE', '/users/me', { body: { password: PASSWORD } }), 204);
  await within(
    5_000,
    'the end of the export',
    server.run.line('own-data.ended', ({ outcome }) => outcome === 'session'),
  );
  assert.equal(await closed(deleted), false);
});

testInExtended('[E3] a host makes a few exports at a time', async (t) => {
  const users: ChatClient[] = [];
  for (let i = 0; i < 3; i += 1) users.push(...(await withMuch(t)));
  const running = await Promise.all(users.slice(0, 4).map((user) => waitingExport(t, server, user)));
  const last = users[4];
  assert.ok(last);
  const refused = expectStatus(await last.http('GET', '/users/me/export'), 503);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  running[0]?.destroy();
  await eventually('the next one', async () => (await last.http('HEAD', '/users/me/export')).status === 200);
});

testInExtended('[E4] [T5] a server that stops does not wait for exports', async (t) => {
  const own = await ServerProcess.start(t);
  const response = await waitingExport(t, own, (await withMuch(t, own))[0]);
  const exit = within(5_000, 'the end of the server', own.kill('SIGTERM'));
  assert.equal(await closed(response), false);
  assert.equal((await exit).code, 0);
});

test('[E5] a link works once, for whoever has it, and not after the session has ended', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  await say((await ben.online()).socket, ada, 'hello');
  const made = async (client: ChatClient): Promise<string> => {
    const { path, expires_in } = expectStatus(
      await client.http('POST', '/users/me/export/link'),
      201,
    ).json<ExportLink>();
    assert.equal(expires_in, 60);
    return `${server.url}${path}`;
  };
  const link = await made(ada);
  expectStatus(await http('HEAD', link), 200);
  const answer = expectStatus(await http('GET', link), 200);
  assert.match(answer.headers['content-disposition'] ?? '', /^attachment; filename="parley-export-/);
  const { messages } = await exportedData(answer.bytes);
  assert.deepEqual(messages, (await pagesOfApi(ada)).messages);
  expectStatus(await http('GET', link), 410);
  // Neither is taken for the other.
  const token = (await made(ada)).split('/').at(-1) ?? '';
  expectStatus(await http('GET', `${server.url}/users/me/export`, { token }), 401);
  expectStatus(await http('GET', `${server.url}/exports/${ada.accessToken}`), 410);
  expectStatus(await http('GET', `${server.url}/exports/${token.slice(0, -4)}AAAA`), 410);
  const phone = await ChatClient.login(t, server, ada.username);
  const later = await made(phone);
  expectStatus(await phone.http('POST', '/auth/logout'), 204);
  expectStatus(await http('GET', later), 410);
  assert.ok((await filesOfZip(answer.bytes)).size > 4);
});
