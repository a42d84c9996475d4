import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ChatClient, expectStatus, freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { Packets } from '../support/packets.ts';
import { frameOf, OPCODE, upgradeHead } from '../support/raw-websocket.ts';
import { say } from '../support/say.ts';
import { count, isSample } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

/** In the sample every third place to cut at, and every one in the request line. */
const isCutAt = (at: number, line: number): boolean => !isSample || at <= line || at % 3 === 0;

const server = await ServerProcess.start({ after });
const { lacks } = await server.run.line('edge.uws');
const packets = await Packets.open(server.url);
after(() => {
  packets.close();
});
const { host } = new URL(server.url);
const [ada, ben] = await twoPeople({ after }, server);
const [a, b] = await Promise.all([ada.online(), ben.online()]);
const authorization = `Authorization: Bearer ${ada.accessToken}\r\n`;

const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`;
const post = (path: string, body: string, headers = ''): string =>
  `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n${headers}\r\n${body}`;
const chunked = (path: string, chunks: string, headers = ''): string =>
  `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n${headers}\r\n${chunks}`;
const chunk = (text: string, extension = ''): string =>
  `${text.length.toString(16)}${extension}\r\n${text}\r\n`;

const registration = (): { readonly username: string; readonly body: string } => {
  const username = freshName('nobody');
  return { username, body: JSON.stringify({ username, password: PASSWORD }) };
};
/** Nobody has the name: what would have registered it was not carried out. */
const assertFree = async (username: string): Promise<void> => {
  const body = { username, password: PASSWORD };
  expectStatus(await http('POST', `${server.url}/auth/register`, { body }), 201);
};
/** Whatever somebody did: others are served as before. */
const othersAreServed = async (): Promise<void> => {
  const text = crypto.randomUUID();
  await say(a.socket, ben, text);
  await b.socket.next('message', ({ payload }) => payload.content === text);
  expectStatus(await ben.http('GET', '/users/me'), 200);
};

/** What the binary in use answers where a request line is cut; null: nothing special. PROXY protocol makes it wait for four bytes. */
const cutInLine = (at: number, head: string): boolean => at >= 4 && at < head.indexOf('\r\n') + 2;

const shapes: readonly (readonly [string, string, RegExp])[] = [
  ['a GET', get('/users/me', authorization), /^HTTP\/1\.1 200 /],
  [
    'a POST with a body',
    post('/conversations', JSON.stringify({ username: ben.username }), authorization),
    /^HTTP\/1\.1 20[01] /,
  ],
  [
    'a POST in chunks',
    chunked('/conversations', `${chunk(JSON.stringify({ username: ben.username }))}0\r\n\r\n`, authorization),
    /^HTTP\/1\.1 20[01] /,
  ],
  ['a handshake', upgradeHead(host, { Authorization: `Bearer ${ada.accessToken}` }), /^HTTP\/1\.1 101 /],
];
for (const [what, bytes, expected] of shapes) {
  test(`[T4] ${what} cut between two packets at every byte is answered as a whole one`, async (t) => {
    let lost = 0;
    const line = bytes.indexOf('\r\n') + 2;
    for (let at = 1; at < bytes.length; at += 1) {
      if (!isCutAt(at, line)) continue;
      const connection = await packets.send([bytes.slice(0, at), bytes.slice(at)]);
      const [answer] = await connection.answers(1);
      const cut = `cut after ${JSON.stringify(bytes.slice(0, at).slice(-20))}`;
      if (lacks !== null && cutInLine(at, bytes)) {
        // The old binary, precisely: refused whole, and closed.
        assert.equal(answer?.status, 505, cut);
        await connection.ended;
        lost += 1;
      } else assert.match(answer?.head ?? '', expected, cut);
      connection.destroy();
    }
    count(t, 'cuts', { bytes: bytes.length, lost });
    await othersAreServed();
  });
}

test('[T4] a request line that is cut is never carried out by half', async () => {
  if (lacks === null) return;
  const { username, body } = registration();
  const bytes = post('/auth/register', body);
  for (const at of [5, 20, bytes.indexOf('\r\n') + 1]) {
    const connection = await packets.send([bytes.slice(0, at), bytes.slice(at)]);
    assert.equal((await connection.answers(1))[0]?.status, 505);
    await connection.ended;
    connection.destroy();
  }
  await assertFree(username);
});

test('a frame cut between two packets at every byte is one frame', async () => {
  const head = upgradeHead(host, { Authorization: `Bearer ${ada.accessToken}` });
  const ping = frameOf(OPCODE.ping, 'still here?');
  for (let at = 1; at < ping.length; at += 1) {
    const connection = await packets.send([head]);
    assert.equal((await connection.answers(1))[0]?.status, 101);
    await packets.send([ping.subarray(0, at), ping.subarray(at)], connection);
    await connection.hears('still here?');
    connection.destroy();
  }
  await othersAreServed();
});

test('[T1] a request that comes while another is unanswered waits for its turn', async () => {
  const login = post('/auth/login', JSON.stringify({ username: ada.username, password: PASSWORD }));
  const connection = await packets.send([login, get('/healthz')]);
  const [first, second] = await connection.answers(2);
  assert.equal(first?.status, 200);
  assert.match(first.body, /access_token/);
  assert.equal(second?.status, 200);
  assert.match(second.body, /"status":"ok"/);
  connection.destroy();
  await othersAreServed();
});

test('[T1] a client that ends its side after the request is answered', async () => {
  const login = post('/auth/login', JSON.stringify({ username: ada.username, password: PASSWORD }));
  const connection = await packets.send([login]);
  connection.finish();
  const answers = await connection.answers();
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200],
  );
  await othersAreServed();
});

test('[T1] requests in one packet that need no other thread are answered in order', async () => {
  const connection = await packets.send([get('/healthz') + get('/users/me') + get('/') + get('/healthz')]);
  const answers = await connection.answers(4);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 401, 200, 200],
  );
  connection.destroy();
});

const tooMuch: readonly (readonly [string, (body: string) => readonly string[]])[] = [
  ['another request', (body) => [post('/auth/register', body) + get('/healthz')]],
  ['half a request', (body) => [`${post('/auth/register', body)}GET /heal`]],
  ['bytes that are no request', (body) => [`${post('/auth/register', body)}more\r\n\r\n`]],
  ['a trailer', (body) => [chunked('/auth/register', `${chunk(body)}0\r\nX-Trailer: yes\r\n\r\n`)]],
  ['bytes that are no request in the next packet', (body) => [post('/auth/register', body), 'more\r\n\r\n']],
  [
    'a trailer in the next packet',
    (body) => [chunked('/auth/register', `${chunk(body)}0\r\n`), 'X-Trailer: yes\r\n\r\n'],
  ],
];
for (const [what, pieces] of tooMuch) {
  test(`[T1][T3] a request with ${what} is either carried out and answered, or neither`, async () => {
    const { username, body } = registration();
    const bytes = pieces(body);
    const connection = await packets.send(bytes);
    const [first] = await connection.answers(1);
    if (first?.status === 201) {
      const again = await http('POST', `${server.url}/auth/register`, { body });
      expectStatus(again, 409);
    } else {
      assert.ok(first === undefined || first.status === 400 || first.status === 505, connection.heard);
      await connection.ended;
      await assertFree(username);
    }
    // What came only after the request takes nothing away from it.
    if (bytes.length > 1) assert.equal(first?.status, 201);
    connection.destroy();
    await othersAreServed();
  });
}

test('[T3] a declared trailer, and any transfer coding but chunked, are refused at the head', async () => {
  for (const [coding, headers] of [
    ['chunked', 'Trailer: X-Trailer\r\n'],
    ['gzip, chunked', ''],
    ['identity', ''],
  ] as const) {
    const { username, body } = registration();
    const bytes = chunked('/auth/register', `${chunk(body)}0\r\n\r\n`, headers);
    const connection = await packets.send([
      bytes.replace('Transfer-Encoding: chunked', `Transfer-Encoding: ${coding}`),
    ]);
    const [first] = await connection.answers();
    assert.equal(first?.status, 400, coding);
    assert.match(first.head, /^connection: close$/im);
    assert.match(first.body, /bad_request/);
    await assertFree(username);
  }
  await othersAreServed();
});

test('[T3] a chunk extension is refused, and what it belongs to is not carried out', async () => {
  for (const extension of [';name=value', ';a=1', ';a']) {
    const { username, body } = registration();
    const connection = await packets.send([
      chunked('/auth/register', `${chunk(body, extension)}0\r\n\r\n`),
      get('/healthz'),
    ]);
    const answers = await connection.answers();
    assert.deepEqual(
      answers.map(({ status }) => status),
      [400],
      extension,
    );
    await assertFree(username);
  }
  await othersAreServed();
});

test('[R5] requests whose sender leaves before the body keep nobody’s turn', async (t) => {
  const me = await ChatClient.register(t, server, freshName('leaver'));
  const head = post(
    '/conversations',
    '{"username":"nobody.at.all"}',
    `Authorization: Bearer ${me.accessToken}\r\n`,
  ).slice(0, -5);
  for (let i = 0; i < 40; i += 1) {
    const connection = await packets.send([head]);
    await packets.read();
    connection.destroy();
  }
  expectStatus(await me.http('GET', '/users/me'), 200);
});

test('[T2] every answer says how long its connection may be used again, and one that closes says so', async () => {
  const connection = await packets.send([get('/healthz')]);
  const [open] = await connection.answers(1);
  assert.match(open?.head ?? '', /^keep-alive: timeout=5$/im);
  assert.doesNotMatch(open?.head ?? '', /^uwebsockets:/im);
  connection.destroy();
  const closing = await packets.send([get('/healthz', 'Connection: close\r\n')]);
  const answers = await closing.answers();
  assert.equal(answers.length, 1);
  assert.match(answers[0]?.head ?? '', /^connection: close$/im);
  assert.equal(answers[0]?.head.match(/^connection:/gim)?.length, 1);
});
