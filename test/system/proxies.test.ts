import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { freePort } from '../../perf/machine/free-port.ts';
import type { Problem } from '../../server/protocol/resources/problem.ts';
import type { SignedIn } from '../../server/protocol/resources/account.ts';
import { FRAME_MAX_BYTES } from '../../server/protocol/limits.ts';
import { tryUpload, upload } from '../support/attach.ts';
import { ChatClient, expectStatus, freshName, PASSWORD } from '../support/chat-client.ts';
import { pause, within } from '../support/deadline.ts';
import { eventually } from '../support/eventually.ts';
import { http, type HttpQuestion } from '../support/http-client.ts';
import { PROXIES } from '../support/proxy-kinds.ts';
import { say } from '../support/say.ts';
import { chance, count, isLong } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { makeCertificates, programPath, Tap, TlsProxy, type ProxyKind } from '../support/tls-proxy.ts';

const KIB = 1024;
/** The server closes an idle connection after 8 s at the earliest: the proxy must have let go before. */
const UPSTREAM_IDLE_MS = 7_900;
const IDLE_LANES = 40;
const IDLE_POSTS = 10;
const PEOPLE = '127.0.0.5';
const GUESSER = '127.0.0.6';

interface Stage {
  readonly server: ServerProcess;
  readonly proxy: TlsProxy;
  readonly tap: Tap;
}

const open = async (t: TestContext, kind: ProxyKind): Promise<Stage> => {
  const proxyPort = await freePort();
  const server = await ServerProcess.start(t, {
    PARLEY_TRUST_PROXY: '127.0.0.1,::1',
    PARLEY_ALLOWED_ORIGINS: 'https://elsewhere.example',
  });
  const tap = await Tap.open(t, Number(new URL(server.url).port));
  const proxy = await TlsProxy.start(
    t,
    kind,
    proxyPort,
    [`127.0.0.1:${String(tap.port)}`],
    makeCertificates(t),
  );
  const { url, through } = proxy.from(PEOPLE);
  // A proxy may look at the server first.
  await eventually(`${kind.name} to reach the server`, async () => {
    const { status } = await http('GET', `${url}/healthz`, { through, foreign: true });
    return status === 200;
  });
  return { server, proxy, tap };
};

for (const kind of PROXIES) {
  const lacking = [kind.program, 'openssl'].filter((name) => programPath(name) === null);
  const skip = lacking.length > 0 ? `NOT RUN: ${lacking.join(' and ')} is not installed` : false;
  test(`deploy/: everything works through ${kind.name} as it is shipped`, { skip }, async (t) => {
    const stage = await open(t, kind);
    const place = stage.proxy.from(PEOPLE);
    const [ada, ben] = await Promise.all(
      ['ada', 'ben'].map((name) => ChatClient.register(t, place, freshName(name))),
    );
    assert.ok(ada !== undefined && ben !== undefined);
    await t.test('register, log in, chat over two WebSockets, frames of 64 KiB', () =>
      chats(stage, ada, ben),
    );
    await t.test('the address of whoever asks, and never one that they name', (tt) =>
      addresses(tt, stage, ada),
    );
    await t.test('bodies over 64 KiB get the 413 that says so', () => bigBodies(stage, ada));
    await t.test('[G2] attachments of several MB, in both directions', () => files(ada));
    await t.test('the proxy lets an idle connection go before the server does', (tt) =>
      idles(tt, stage, ada),
    );
    await t.test('a stop is told to everybody, and a restart found', () => restarts(stage, ada));
    if (stage.proxy.output.includes('ERROR')) t.diagnostic(stage.proxy.output.slice(-2_000));
  });
}

const chats = async ({ proxy }: Stage, ada: ChatClient, ben: ChatClient): Promise<void> => {
  const origin = `https://${proxy.host}`;
  const [a, b] = await Promise.all([
    ada.online({ by: 'subprotocol', origin }),
    ben.online({ by: 'header', origin }),
  ]);
  await say(a.socket, ben, 'through the proxy');
  const { payload } = await b.socket.next('message');
  assert.equal(payload.content, 'through the proxy');
  await say(b.socket, ada, 'and back');
  await a.socket.next('message');
  const ping = JSON.stringify({ id: crypto.randomUUID(), type: 'ping', payload: {} });
  a.socket.sendRaw(ping.padEnd(FRAME_MAX_BYTES));
  await a.socket.next('pong');
  const page = expectStatus(await ada.http('GET', '/'), 200);
  assert.match(page.headers['strict-transport-security'] ?? '', /max-age=31536000/);
  assert.equal(page.headers['uwebsockets'], undefined);
  for (const { socket } of [a, b]) await socket.close();
};

const addresses = async (t: TestContext, { proxy }: Stage, ada: ChatClient): Promise<void> => {
  const spoofed = {
    'x-forwarded-for': '203.0.113.66',
    forwarded: 'for=203.0.113.66',
    'x-real-ip': '203.0.113.66',
  };
  const { url, through } = proxy.from(PEOPLE);
  const login = (
    password: string,
    from: { url: string; through: typeof through },
    headers: Readonly<Record<string, string>> = {},
  ) =>
    http('POST', `${from.url}/auth/login`, {
      through: from.through,
      foreign: true,
      headers,
      body: { username: ada.username, password },
    });
  const signedIn = expectStatus(await login(PASSWORD, { url, through }, spoofed), 200).json<SignedIn>();
  const { sessions } = await ada.get<{ sessions: { ip_address: string }[] }>('/users/me/sessions');
  assert.ok(sessions.length > 1);
  assert.deepEqual([...new Set(sessions.map((each) => each.ip_address))], [PEOPLE], signedIn.user.id);
  const guesser = proxy.from(GUESSER);
  for (let guess = 0; guess < 6; guess += 1) {
    const headers = { 'x-forwarded-for': `203.0.113.${String(guess)}` };
    const answer = await login('Wrong-Horse-7', guesser, headers);
    assert.equal(answer.status, guess < 4 ? 401 : 429, `guess ${String(guess)}`);
  }
  // Somebody else is not locked out with them.
  await ChatClient.login(t, proxy.from(PEOPLE), ada.username);
};

const bigBodies = async ({ tap }: Stage, ada: ChatClient): Promise<void> => {
  const sent = (size: number): HttpQuestion => ({ body: 'x'.repeat(size) });
  // A proxy that refuses by the declared length closes the connection; a client that is still writing then may see that first.
  const declared = (size: number): HttpQuestion => ({
    headers: { 'content-type': 'application/json', 'content-length': String(size) },
  });
  for (const [size, question] of [
    [64 * KIB + 1, sent],
    [900 * KIB, sent],
    [3 * KIB * KIB, declared],
  ] as const) {
    for (let i = 0; i < 5; i += 1) {
      const answer = await ada.http('POST', '/conversations', question(size));
      assert.equal(answer.status, 413, `${String(size)} bytes: ${answer.text}`);
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      assert.equal(answer.json<Problem>().code, 'payload_too_large');
    }
  }
  expectStatus(await ada.http('GET', '/users/me'), 200);
  assert.ok(tap.size < 100);
};

const files = async (ada: ChatClient): Promise<void> => {
  const bytes = randomBytes(5 * KIB * KIB);
  const { id } = await upload(ada, bytes, { name: 'a photo.jpg' });
  const whole = expectStatus(await ada.http('GET', `/attachments/${id}`), 200);
  assert.ok(whole.bytes.equals(bytes));
  const part = await ada.http('GET', `/attachments/${id}`, { headers: { range: 'bytes=-9' } });
  assert.ok(expectStatus(part, 206).bytes.equals(bytes.subarray(-9)));
  const large = await tryUpload(ada, new Uint8Array(), {
    headers: { 'content-length': String(26 * KIB * KIB) },
  });
  assert.deepEqual([large.status, large.json<Problem>().code], [413, 'payload_too_large']);
};

const idles = async (t: TestContext, { tap }: Stage, ada: ChatClient): Promise<void> => {
  const post = async (): Promise<void> => {
    const body = { username: 'nobody.of.this.name' };
    expectStatus(await ada.http('POST', '/conversations', { body }), 404);
  };
  // What earlier requests left open is gone first.
  await eventually('the connections to the server to be closed', () => tap.size === 0, 20_000);
  await post();
  await within(UPSTREAM_IDLE_MS, 'the proxy to let go', tap.closed);
  await post();
  if (!isLong) return;
  // Requests at the moments at which the server closes idle connections.
  const random = chance(t);
  const lane = async (): Promise<void> => {
    for (let i = 0; i < IDLE_POSTS; i += 1) {
      await post();
      await pause(random.between(7_500, 12_500));
    }
  };
  await Promise.all(Array.from({ length: IDLE_LANES }, lane));
  count(t, 'posts after idling', { posts: IDLE_LANES * IDLE_POSTS, lost: 0 });
};

const restarts = async ({ server, proxy }: Stage, ada: ChatClient): Promise<void> => {
  const { url, through } = proxy.from(PEOPLE);
  const health = async (): Promise<number> =>
    (await http('GET', `${url}/healthz`, { through, foreign: true })).status;
  const { socket } = await ada.online();
  await server.kill('SIGTERM');
  assert.equal((await socket.closed).code, 1001);
  const status = await health();
  assert.ok(status === 502 || status === 503, String(status));
  await server.restart();
  await eventually('the proxy to find the server again', async () => (await health()) === 200, 30_000);
  await ada.online();
};
