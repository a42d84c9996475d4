import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { makeRoutes } from '../../server/edge/api/table.ts';
import { SERVER_FRAMES } from '../../server/protocol/server-frames.ts';
import { CLOSE } from '../../server/protocol/close-codes.ts';
import { CLIENT_FRAMES } from '../../server/protocol/client-frames.ts';
import { expectStatus } from '../support/chat-client.ts';
import { checkExchange, documentedStatuses } from '../support/contract.ts';
import { http } from '../support/http-client.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const document = async <T>(path: string): Promise<T> =>
  expectStatus(await http('GET', `${server.url}${path}`), 200).json<T>();

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
}
interface AsyncApi {
  readonly asyncapi: string;
  readonly info: { readonly description: string };
  readonly components: { readonly messages: Record<string, { readonly payload: object }> };
}

test('/openapi.json is served to everybody and holds every route with its statuses', async () => {
  const { openapi, paths } = await document<OpenApi>('/openapi.json');
  assert.match(openapi, /^3\.1\./);
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== 'head')
      .map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  const routes = makeRoutes();
  assert.deepEqual(served.sort(), routes.map(({ method, path }) => `${method} ${path}`).sort());
  for (const route of routes) {
    const operation = paths[route.path.replace(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()];
    assert.deepEqual(Object.keys(operation?.responses ?? {}).map(Number), documentedStatuses(route));
  }
});

test('/asyncapi.json is served to everybody and holds every frame, both ways, and every close code', async () => {
  const { asyncapi, components, info } = await document<AsyncApi>('/asyncapi.json');
  assert.match(asyncapi, /^3\./);
  const frames = [
    ...Object.keys(CLIENT_FRAMES).map((t) => `up_${t}`),
    ...Object.keys(SERVER_FRAMES).map((t) => `down_${t}`),
  ];
  assert.deepEqual(Object.keys(components.messages).sort(), frames.sort());
  for (const code of Object.values(CLOSE)) assert.ok(info.description.includes(String(code)), String(code));
});

test('/docs is a page for everybody, with the headers of the client and nothing below it', async () => {
  const page = expectStatus(await http('GET', `${server.url}/docs`), 200);
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  assert.match(String(page.headers['content-security-policy']), /script-src 'self'; style-src 'self'/);
  assert.match(page.text, /API reference/);
  const etag = String(page.headers.etag);
  const again = await http('GET', `${server.url}/docs`, { headers: { 'if-none-match': etag } });
  assert.equal(again.status, 304);
  const head = expectStatus(await http('HEAD', `${server.url}/docs`), 200);
  assert.equal(head.text, '');
  const refused = expectStatus(await http('POST', `${server.url}/docs`, { body: {} }), 405);
  assert.equal(refused.headers.allow, 'GET, HEAD, OPTIONS');
  for (const path of ['/docs/', '/docs/index.html', '/docs/openapi.json', '/Docs']) {
    expectStatus(await http('GET', `${server.url}${path}`), 404);
  }
  const sheet = expectStatus(await http('GET', `${server.url}/docs.css`), 200);
  assert.match(sheet.text, /--accent:/);
});

test('the client loads nothing of the API reference, and keeps none of it for later', async () => {
  for (const path of ['/', '/sw.js']) {
    assert.doesNotMatch(expectStatus(await http('GET', `${server.url}${path}`), 200).text, /docs/, path);
  }
});

/** A check that can't fail proves nothing: each of these must be found. */
const headers = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-request-id': '1',
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
};
const health = {
  method: 'GET',
  url: 'http://h/healthz',
  body: undefined,
  status: 200,
  headers,
  text: '{"status":"ok","checks":{},"version":"1"}',
};
const planted: readonly (readonly [string, Partial<typeof health>])[] = [
  ['a status that is not documented', { status: 418, text: '{}' }],
  ['a field too many', { text: '{"status":"ok","checks":{},"version":"1","uptime":1}' }],
  ['a field too few', { text: '{"status":"ok"}' }],
  ['a header too few', { headers: { ...headers, 'referrer-policy': 'origin' } }],
  ['a page that may be framed', { headers: { ...headers, 'content-security-policy': "default-src 'none'" } }],
  ['an error that is no problem', { status: 400, text: '{"error":"no"}' }],
];
test('what is in order passes the check of all traffic', () => {
  checkExchange(health);
});
for (const [what, change] of planted) {
  test(`the check of all traffic finds ${what}`, () => {
    assert.throws(() => {
      checkExchange({ ...health, ...change });
    }, /against the contract/);
  });
}
