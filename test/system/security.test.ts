import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { ChatClient, expectStatus, freshName } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { http } from '../support/http-client.ts';
import { rawAnswer } from '../support/raw-http.ts';
import { ServerProcess } from '../support/server-process.ts';

const ALLOWED = 'https://chat.example.org';
const server = await ServerProcess.start({ after }, { PARLEY_ALLOWED_ORIGINS: ALLOWED });
const ada = await ChatClient.register({ after }, server, freshName('ada'));
const { hostname, port, host } = new URL(server.url);

/** One request, byte for byte, on a connection of its own. */
const raw = async (request: string): Promise<string> => {
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const answer = await rawAnswer(socket, request);
  socket.destroy();
  return answer;
};
const rawGet = (path: string, headers = ''): Promise<string> =>
  raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`);

/** The test client holds each of these answers, as all others, against the list of headers. */
const anything: readonly (readonly [string, string])[] = [
  ['GET', '/'],
  ['HEAD', '/'],
  ['GET', '/index.html'],
  ['GET', '/nowhere'],
  ['GET', '/users/me'],
  ['PUT', '/users/me'],
  ['OPTIONS', '/users/me'],
  ['OPTIONS', '/'],
  ['POST', '/'],
  ['GET', '/ws'],
  ['GET', '/healthz'],
  ['POST', '/auth/login'],
  ['POST', '/auth/reset'],
  ['PROPFIND', '/'],
];
for (const [method, path] of anything) {
  test(`${method} ${path} bears the headers that protect its reader`, async () => {
    const { status, headers } = await http(method, `${server.url}${path}`);
    assert.ok(status < 500 || path === '/' || path === '/index.html', String(status));
    assert.equal(headers['server'], undefined, 'nothing says what is behind it');
    assert.equal(headers['x-powered-by'], undefined);
    assert.notEqual(headers['content-security-policy'], undefined);
  });
}

test('the page runs its own scripts only and can’t be framed', async () => {
  const { headers } = await http('GET', `${server.url}/`);
  const policy = headers['content-security-policy'] ?? '';
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    assert.ok(String(policy).includes(part), part);
  }
  assert.doesNotMatch(String(policy), /unsafe|\*/);
});

test('no path leads out of the client’s own files', async () => {
  const outside = [
    'server/main.js',
    'bundle/main.js',
    'package.json',
    'etc/passwd',
    'data/jwt.key',
    'tsconfig.json',
  ];
  const ways = [
    '..',
    '../..',
    '../../../../../..',
    '%2e%2e',
    '%2e%2e/%2e%2e',
    '..%2f..',
    '.%2e/.%2e',
    '..\\..',
  ];
  for (const way of ways) {
    for (const file of outside) {
      for (const prefix of ['/', '/assets/', '//', '/./']) {
        const answer = await rawGet(`${prefix}${way}/${file}`);
        assert.match(answer, /^HTTP\/1\.1 (?:404|400) /, `${prefix}${way}/${file}`);
        assert.doesNotMatch(answer, /root:|"name": "parley"|import /);
      }
    }
  }
  for (const path of [
    '/index.html%00.js',
    '/%00',
    '/.git/config',
    '/assets',
    '/assets/',
    '/index.html/',
    '/*',
  ]) {
    assert.match(await rawGet(path), /^HTTP\/1\.1 (?:404|400) /, path);
  }
});

test('CORS: an allowed origin may read, its own may, another is told nothing', async () => {
  const ask = (origin: string, method = 'GET') =>
    http(method, `${server.url}/users/me`, {
      token: ada.accessToken,
      headers: { origin, 'access-control-request-method': 'DELETE' },
    });
  for (const origin of [ALLOWED, server.url]) {
    const answer = await ask(origin);
    assert.equal(answer.headers['access-control-allow-origin'], origin);
    const preflight = await ask(origin, 'OPTIONS');
    assert.equal(preflight.status, 204);
    assert.match(String(preflight.headers['access-control-allow-methods']), /\bDELETE\b/);
    assert.match(String(preflight.headers['access-control-allow-headers']), /Authorization/i);
  }
  for (const origin of [
    'https://evil.example',
    'null',
    `${ALLOWED}.evil.example`,
    'https://chat.example.org:444',
  ]) {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await ask(origin, method);
      assert.equal(headers['access-control-allow-origin'], undefined, origin);
      assert.equal(headers['access-control-allow-credentials'], undefined, origin);
      assert.match(String(headers['vary']), /\bOrigin\b/i);
    }
  }
});

test('[O2] the WebSocket takes its own origin and the allowed one, and no other', async () => {
  for (const origin of [ALLOWED, server.url, undefined]) {
    const { socket } = await ada.online(origin === undefined ? {} : { origin });
    socket.terminate();
  }
  for (const origin of [
    'https://evil.example',
    'null',
    `${ALLOWED}.evil.example`,
    'http://chat.example.org',
  ]) {
    const { status, body } = await ChatSocket.refusal(server.socketUrl, { token: ada.accessToken, origin });
    assert.equal(status, 403, origin);
    assert.match(body, /"code":"forbidden"/);
  }
});

test('what can be read in two ways is refused', async () => {
  const smuggled = [
    'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n',
    'Content-Length: 3\r\nContent-Length: 4\r\n',
    'Transfer-Encoding: gzip, chunked\r\n',
  ];
  for (const headers of smuggled) {
    const answer = await raw(
      `POST /auth/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${headers}\r\n0\r\n\r\n`,
    );
    assert.doesNotMatch(answer, /^HTTP\/1\.1 2/, headers);
  }
});

test('what a body may not be: 413 too large, 415 of another type, 400 no JSON', async () => {
  const post = (body: string | Uint8Array, type = 'application/json') =>
    http('POST', `${server.url}/auth/login`, { body, headers: { 'content-type': type } });
  expectStatus(await post('x'.repeat(64 * 1024 + 1)), 413);
  const uncalledFor = { token: ada.accessToken, body: 'x'.repeat(64 * 1024 + 1) };
  expectStatus(await http('GET', `${server.url}/users/me`, uncalledFor), 413);
  expectStatus(await post('{}', 'text/plain'), 415);
  expectStatus(await post('{}', 'application/x-www-form-urlencoded'), 415);
  expectStatus(await post('{}', 'application/json; charset=latin1'), 415);
  for (const body of ['', '{', '[]', 'null', '"x"', '{"username":1}', new Uint8Array([0x22, 0xff, 0x22])]) {
    expectStatus(await post(body), 400);
  }
});
