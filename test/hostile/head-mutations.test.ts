import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { mutated } from '../support/mutator.ts';
import { upgradeHead } from '../support/raw-websocket.ts';
import { chance, count, scaled } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const HEADS = scaled({ sample: 500, long: 50_000 });
const PARALLEL = 64;
/** After this long without a byte a request counts as one that waits for more: the server would cut it after 10 s. */
const SILENT_MS = 250;

const server = await ServerProcess.start(
  { after },
  { PARLEY_METRICS_PORT: '0', PARLEY_LOGIN_MAX_FAILURES: '1000000' },
);
const metrics = await metricsUrl(server);
const { hostname, port, host } = new URL(server.url);
const ada = await ChatClient.register({ after }, server, freshName('ada'));
const bearer = `Authorization: Bearer ${ada.accessToken}\r\n`;
const request = (line: string, headers = '', body = ''): string =>
  `${line} HTTP/1.1\r\nHost: ${host}\r\n${headers}${body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n`}\r\n${body}`;

const originals: readonly Buffer[] = [
  request('GET /'),
  request('GET /index.html', 'Accept-Encoding: gzip\r\nIf-None-Match: W/"x"\r\n'),
  request('GET /users/me', bearer),
  request('GET /search?q=%E4%BD%A0&limit=5', bearer),
  request('GET /conversations?limit=10', `${bearer}Origin: https://evil.example\r\n`),
  request('POST /auth/refresh', '', '{"refresh_token":"none"}'),
  request('POST /conversations', bearer, '{"username":"nobody.here"}'),
  request('OPTIONS /users/me', 'Origin: null\r\nAccess-Control-Request-Method: DELETE\r\n'),
  request('POST /auth/refresh', 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n').concat(
    '4\r\n{"a"\r\n4\r\n:1} \r\n0\r\n\r\n',
  ),
  upgradeHead(host, {
    Authorization: `Bearer ${ada.accessToken}`,
    'Sec-WebSocket-Protocol': 'parley.v1, bearer.x',
  }),
].map((text) => Buffer.from(text, 'latin1'));

/** The status of the answer; `none` where the connection ended without one, `waits` where more was expected. */
const answerTo = (bytes: Buffer, from: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress: from });
    let heard = '';
    let end = 'none';
    socket.setTimeout(SILENT_MS, () => {
      end = 'waits';
      socket.destroy();
    });
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      if (/^HTTP\/1\.1 \d{3}[\s\S]*\r\n\r\n/.test(heard)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      resolve(
        /^HTTP\/1\.1 (\d{3}) /.exec(heard)?.[1] ?? (heard === '' ? end : `no HTTP: ${heard.slice(0, 80)}`),
      );
    });
    socket.write(bytes);
  });

/** What the documents know, and the two that uWebSockets.js itself answers with. */
const KNOWN = new Set([
  '200',
  '201',
  '204',
  '304',
  '400',
  '401',
  '403',
  '404',
  '405',
  '409',
  '413',
  '415',
  '429',
  '431',
  '505',
  '101',
  'none',
  'waits',
]);

test('[P9] mutated HTTP heads: answered, refused or cut, and none brings anything down', async (t) => {
  const random = chance(t);
  const seen = new Map<string, number>();
  let left = HEADS;
  const lane = async (_: unknown, n: number): Promise<void> => {
    // Addresses of their own, so that ports don't run out.
    const from = `127.0.0.${String(2 + n)}`;
    while (left > 0) {
      left -= 1;
      const bytes = mutated(random.pick(originals), random);
      const status = await answerTo(bytes, from);
      assert.ok(KNOWN.has(status), `${status} to ${JSON.stringify(bytes.toString('latin1'))}`);
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
  };
  const before = await figureOf(metrics, 'parley_resident_memory_bytes');
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  const grown = (await figureOf(metrics, 'parley_resident_memory_bytes')) / before;
  const statuses = Object.fromEntries([...seen].sort(([a], [b]) => (a < b ? -1 : 1)));
  count(t, 'R-17 heads', { heads: HEADS, seed: random.seed, rss: grown.toFixed(2), ...statuses });
  assert.equal((await http('GET', `${server.url}/healthz`)).status, 200);
  assert.doesNotMatch(server.run.output, /"level":[56]0|request failed|upgrade-failed|uncaught/);
});
