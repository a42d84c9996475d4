import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import * as z from 'zod/mini';
import { answer, done, openRoute, route, type Route } from '../../../server/edge/api/route.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { httpStage } from '../../support/http-stage.ts';

const UNDESCRIBED = { tag: 'server', summary: '', description: '' } as const;
const anything = z.record(z.string(), z.unknown());
const echo = openRoute({
  method: 'POST',
  path: '/echo',
  ...UNDESCRIBED,
  body: z.strictObject({ text: z.string() }),
  answers: { 200: anything },
  handle: ({ body, client }) => answer(200, { ...body, ...client }),
});
const mine = route({
  method: 'GET',
  path: '/mine/:id',
  ...UNDESCRIBED,
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({ limit: z.optional(z.string()) }),
  answers: { 200: anything },
  handle: ({ who, params }) => answer(200, { ...who, ...params }),
});
const fails = (how: string, fail: () => never): Route =>
  openRoute({
    method: 'GET',
    path: `/fails/${how}`,
    ...UNDESCRIBED,
    answers: { 200: anything },
    handle: fail,
  });
const rejects = openRoute({
  method: 'GET',
  path: '/fails/later',
  ...UNDESCRIBED,
  answers: { 200: anything },
  async handle() {
    await Promise.resolve();
    throw new Error('SELECT secret FROM /var/lib');
  },
});
const limited = fails('limited', () => {
  throw new ParleyError('too_many_requests', 'Wait.', { retryAfterS: 9 });
});
const crash = fails('now', () => {
  throw new TypeError('SELECT secret FROM /var/lib');
});
const nothing = openRoute({
  method: 'DELETE',
  path: '/nothing',
  ...UNDESCRIBED,
  answers: { 204: null },
  handle: () => done,
});
const ROUTES = [echo, mine, crash, rejects, limited, nothing];

const json = { 'content-type': 'application/json' };
const codeOf = async (response: Response): Promise<string> => {
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const body = (await response.json()) as { code: string; status: number };
  assert.equal(body.status, response.status);
  return body.code;
};

/** Everything a server says on one connection until it has said `until`, or closed. */
const say = async (port: number, text: string, until: RegExp): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(text);
  let heard = '';
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (until.test(heard)) resolve();
    });
    socket.on('close', () => {
      resolve();
    });
    socket.on('error', () => {
      resolve();
    });
  });
  socket.destroy();
  return heard;
};

test('every answer carries the security headers, and those of the API are not stored', async (t) => {
  const { url } = await httpStage(t, ROUTES);
  for (const [path, init] of [
    ['/echo', { method: 'POST', headers: json, body: '{"text":"x"}' }],
    ['/nowhere', {}],
    ['/fails/now', {}],
    ['/mine/1', {}],
    ['/', {}],
  ] as const) {
    const { headers } = await fetch(url + path, init);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', path);
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/, path);
    if (path !== '/') assert.equal(headers.get('cache-control'), 'no-store', path);
  }
});

test('bodies: 415 without JSON, 400 when broken, 413 past 64 KiB, all told as problems', async (t) => {
  const { url } = await httpStage(t, ROUTES);
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json) =>
    fetch(`${url}/echo`, { method: 'POST', headers, body });
  const cases: [string | Uint8Array<ArrayBuffer>, Record<string, string> | undefined, string][] = [
    ['{}', { 'content-type': 'text/plain' }, 'unsupported_media_type'],
    ['{}', { 'content-type': 'application/json-patch' }, 'unsupported_media_type'],
    ['{}', { 'content-type': 'application/json; charset=latin1' }, 'unsupported_media_type'],
    ['{}', { ...json, 'content-encoding': 'gzip' }, 'unsupported_media_type'],
    ['{', undefined, 'bad_request'],
    ['', undefined, 'bad_request'],
    ['\ufeff{"text":"x"}', undefined, 'bad_request'],
    [new Uint8Array([0x22, 0xff, 0x22]), undefined, 'bad_request'],
    ['{"text":"x","more":1}', undefined, 'bad_request'],
    ['{"text":"x","__proto__":{}}', undefined, 'bad_request'],
    ['['.repeat(60_000), undefined, 'bad_request'],
    ['x'.repeat(64 * 1024 + 1), undefined, 'payload_too_large'],
  ];
  for (const [body, headers, code] of cases) assert.equal(await codeOf(await post(body, headers)), code);
  const whole = JSON.stringify({ text: 'x'.repeat(64 * 1024 - 11) });
  assert.equal(whole.length, 64 * 1024);
  assert.equal((await post(whole)).status, 200);
  assert.equal(
    (await post('{"text":"x"}', { 'content-type': 'Application/JSON; Charset=UTF-8' })).status,
    200,
  );
});

test('a body in chunks is counted too: 64 KiB pass, more is 413', async (t) => {
  const { port } = await httpStage(t, ROUTES);
  const send = (size: number): Promise<string> => {
    const body = JSON.stringify({ text: 'x'.repeat(size - 11) });
    const chunks = (body.match(/[^]{1,1000}/g) ?? []).map(
      (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
    );
    const head =
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    return say(port, `${head}${chunks.join('')}0\r\n\r\n`, /\r\n\r\n./);
  };
  assert.match(await send(64 * 1024), /^HTTP\/1\.1 200 /);
  assert.match(await send(64 * 1024 + 1), /^HTTP\/1\.1 413 /);
});

test('a request that can be read in two ways is refused and its connection closed', async (t) => {
  const { port } = await httpStage(t, ROUTES);
  const head = 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const body = '{"text":"x"}';
  for (const lines of [
    'Content-Length: 12\r\nContent-Length: 13',
    'Content-Length: 12\r\nContent-Length: 12',
    'Content-Length: 12\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
    'Content-Length: +12',
    'Content-Length: 0x0c',
    'Content-Length: 12\r\nHost: y',
    'Content-Length: 12\r\nAuthorization: Bearer good\r\nAuthorization: Bearer bad',
  ]) {
    const heard = await say(port, `${head}${lines}\r\n\r\n${body}`, /never/);
    assert.ok(heard === '' || /^HTTP\/1\.1 (400|505|501) /.test(heard), `${lines}: ${heard}`);
    assert.equal(heard.match(/HTTP\/1\.1/g)?.length ?? 0, heard === '' ? 0 : 1, lines);
  }
});

test('paths are taken as sent; other methods of a known path are 405 with Allow', async (t) => {
  const { port, url } = await httpStage(t, ROUTES);
  for (const path of [
    '/echo/',
    '//echo',
    '/ECHO',
    '/%65cho',
    '/./echo',
    '/x/../echo',
    '/mine/',
    '/mine/1/2',
  ]) {
    const heard = await say(
      port,
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`,
      /\r\n\r\n./,
    );
    assert.match(heard, /^HTTP\/1\.1 (404|400) /, path);
  }
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
    const response = await fetch(`${url}/echo`, { method });
    assert.equal(await codeOf(response), 'method_not_allowed', method);
    assert.equal(response.headers.get('allow'), 'POST, OPTIONS');
  }
});

test('a token is asked for before anything else is told', async (t) => {
  const { url } = await httpStage(t, ROUTES);
  const get = (authorization?: string) =>
    fetch(`${url}/mine/1?nonsense=1`, { headers: authorization === undefined ? {} : { authorization } });
  for (const bad of [
    undefined,
    '',
    'good',
    'Basic good',
    'Bearer',
    'Bearer bad',
    'Bearer good good',
    'Bearer  good',
  ]) {
    const response = await get(bad);
    assert.equal(response.headers.get('www-authenticate'), 'Bearer');
    assert.equal(await codeOf(response), 'unauthorized', bad);
  }
  assert.equal(await codeOf(await get('Bearer good')), 'bad_request');
  const fine = await fetch(`${url}/mine/7`, { headers: { authorization: 'bearer good' } });
  assert.equal(((await fine.json()) as { username: string }).username, 'alice');
});

test('what a handler throws or rejects with ends in a 500 that says nothing', async (t) => {
  const { url } = await httpStage(t, ROUTES);
  for (const path of ['/fails/now', '/fails/later']) {
    const text = await (await fetch(url + path)).text();
    assert.equal((JSON.parse(text) as { code: string }).code, 'internal');
    assert.ok(!/SELECT|var|secret|Error/.test(text), text);
  }
  const response = await fetch(`${url}/fails/limited`);
  assert.equal(response.headers.get('retry-after'), '9');
  assert.equal(await codeOf(response), 'too_many_requests');
});

test('204 has neither body nor length; HEAD has the length alone; the connection goes on', async (t) => {
  const { port } = await httpStage(t, ROUTES);
  const next = 'GET /fails/limited HTTP/1.1\r\nHost: x\r\n\r\n';
  const heard = await say(port, `DELETE /nothing HTTP/1.1\r\nHost: x\r\n\r\n${next}`, /Wait/);
  const [first = ''] = heard.split('\r\n\r\n');
  assert.match(first, /^HTTP\/1\.1 204 No Content/);
  assert.ok(!/content-length/i.test(first), first);
  assert.match(heard, /HTTP\/1\.1 429 /);
  const head = await say(port, `HEAD /fails/limited HTTP/1.1\r\nHost: x\r\n\r\n${next}`, /Wait/);
  assert.match(head, /^HTTP\/1\.1 429 [^]*content-length: \d+\r\n[^]*\r\n\r\nHTTP\/1\.1 429 /i);
});

test('CORS: only a listed origin is told that it may read', async (t) => {
  const { url } = await httpStage(t, ROUTES);
  const preflight = (origin: string) => fetch(`${url}/echo`, { method: 'OPTIONS', headers: { origin } });
  const allowed = await preflight('https://ok.example');
  assert.equal(allowed.status, 204);
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://ok.example');
  assert.equal(allowed.headers.get('access-control-allow-methods'), 'POST, OPTIONS');
  for (const origin of [
    'https://evil.example',
    'https://ok.example.evil',
    'null',
    url.replace('http:', 'ftp:'),
  ]) {
    const refused = await preflight(origin);
    assert.equal(refused.headers.get('access-control-allow-origin'), null, origin);
    assert.equal(refused.headers.get('access-control-allow-methods'), null, origin);
  }
  const own = await fetch(`${url}/fails/limited`, { headers: { origin: url } });
  assert.equal(own.headers.get('access-control-allow-origin'), url);
  assert.equal((await fetch(`${url}/nowhere`, { method: 'OPTIONS' })).status, 404);
});

test('the address comes from the trusted proxy’s own entry', async (t) => {
  const { url } = await httpStage(t, ROUTES);
  const headers = { ...json, 'x-forwarded-for': '1.1.1.1, 198.51.100.7' };
  const response = await fetch(`${url}/echo`, { method: 'POST', headers, body: '{"text":"x"}' });
  assert.equal(((await response.json()) as { address: string }).address, '198.51.100.7');
});

test('a client that leaves in the middle costs nothing, and /ws without an upgrade is told so', async (t) => {
  const answered: string[] = [];
  const { port, url } = await httpStage(t, ROUTES, ({ route: pattern, status }) => {
    answered.push(`${pattern} ${String(status)}`);
  });
  for (let i = 0; i < 20; i += 1) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"te',
    );
    socket.destroy();
  }
  assert.equal(await codeOf(await fetch(`${url}/ws`)), 'bad_request');
  assert.equal(await codeOf(await fetch(`${url}/ws`, { method: 'POST' })), 'method_not_allowed');
  assert.deepEqual(answered, ['files 400', 'files 405']);
});
