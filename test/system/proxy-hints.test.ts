import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { ChatClient, freshName, PASSWORD } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { http } from '../support/http-client.ts';
import { rawAnswer } from '../support/raw-http.ts';
import { upgradeHead } from '../support/raw-websocket.ts';
import { ServerProcess, type LogLine } from '../support/server-process.ts';

/** What an operator reads when a proxy in front is not set up as it should be. */

const server = await ServerProcess.start({ after });
const { hostname, port, host } = new URL(server.url);
const ada = await ChatClient.register({ after }, server, freshName('ada'));

const logged = (run: ServerProcess['run'], msg: string): readonly LogLine[] =>
  run.output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine)
    .filter((line) => line.msg === msg);

test('[O2] a WebSocket whose Host a proxy has replaced: the log names both headers and the variable', async () => {
  const origin = 'https://chat.example.org';
  const { status, body } = await ChatSocket.refusal(server.socketUrl, { token: ada.accessToken, origin });
  assert.equal(status, 403);
  const { reason, address } = await server.run.line('auth.refused', ({ code }) => code === 'forbidden');
  assert.equal(address, '127.0.0.1');
  for (const named of [origin, host, 'Host', 'Origin', 'PARLEY_ALLOWED_ORIGINS'])
    assert.ok(String(reason).includes(named), `${String(reason)} names ${named}`);
  // What the operator sets up is nobody else's business.
  assert.doesNotMatch(body, /PARLEY_/);
});

test('[O2] an Origin of any length and kind leaves one line of the log', async () => {
  const origin = `https://x"\\u0000${'y'.repeat(2_000)}`;
  const head = upgradeHead(host, { Authorization: `Bearer ${ada.accessToken}`, Origin: origin });
  assert.match(await rawAnswer(connect(Number(port), hostname), head), /^HTTP\/1\.1 403 /);
  const { reason } = await server.run.line('auth.refused', (line) =>
    String(line['reason']).includes('https://x'),
  );
  assert.ok(String(reason).length < 500);
});

test('HTTP/1.0, which nginx speaks unless told otherwise, is refused before anything of ours sees it', async () => {
  const { output } = server.run;
  for (const [head, status] of [
    [`GET /healthz HTTP/1.0\r\nHost: ${host}\r\n\r\n`, 505],
    ['GET /healthz HTTP/1.1\r\nAccept: */*\r\n\r\n', 400],
  ] as const) {
    const answer = await rawAnswer(connect(Number(port), hostname), head);
    assert.ok(answer.startsWith(`HTTP/1.1 ${String(status)} `), answer);
  }
  // docs/proxies.md says that there is no line.
  assert.equal(server.run.output, output);
});

for (const [lacking, named] of [
  ['Upgrade', /header Upgrade/],
  ['Connection', /header Connection/],
  ['Sec-WebSocket-Key', /no sec-websocket-key header/],
] as const) {
  test(`a handshake whose ${lacking} a proxy has kept: the log names it`, async () => {
    const head = upgradeHead(host, { Authorization: `Bearer ${ada.accessToken}`, [lacking]: null });
    assert.match(await rawAnswer(connect(Number(port), hostname), head), /^HTTP\/1\.1 400 /);
    await server.run.line('socket.refused', ({ reason }) => named.test(String(reason)));
  });
}

test('a proxy that is not trusted: one warning with its address and what to set', async (t) => {
  for (const header of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP']) {
    const own = await ServerProcess.start(t);
    const login = (): Promise<unknown> =>
      http('POST', `${own.url}/auth/login`, {
        headers: { [header]: '203.0.113.7' },
        body: { username: 'nobody', password: PASSWORD },
      });
    for (let i = 0; i < 3; i += 1) await login();
    const line = await own.run.line('proxy.not-trusted');
    assert.equal(line['level'], 40);
    assert.equal(line['address'], '127.0.0.1');
    assert.equal(line['header'], header.toLowerCase());
    assert.match(String(line['set']), /PARLEY_TRUST_PROXY=127\.0\.0\.1/);
    assert.equal(logged(own.run, 'proxy.not-trusted').length, 1);
  }
});

test('a trusted proxy that names nobody: one warning; health checks are not meant', async (t) => {
  const own = await ServerProcess.start(t, { PARLEY_TRUST_PROXY: '127.0.0.1' });
  const me = await ChatClient.register(
    t,
    { ...own, url: own.url, socketUrl: own.socketUrl },
    freshName('me'),
  );
  const line = await own.run.line('proxy.no-forwarded-address');
  assert.equal(line['address'], '127.0.0.1');
  await me.get('/users/me');
  await me.online();
  assert.equal(logged(own.run, 'proxy.no-forwarded-address').length, 1);

  const quiet = await ServerProcess.start(t, { PARLEY_TRUST_PROXY: '127.0.0.1' });
  for (const path of ['/healthz', '/readyz']) await http('GET', `${quiet.url}${path}`);
  const headers = { 'X-Forwarded-For': '203.0.113.7' };
  await http('GET', `${quiet.url}/users/me`, { headers });
  await quiet.kill('SIGTERM');
  assert.doesNotMatch(quiet.run.output, /proxy\./);
});

test('nobody who comes from elsewhere without a proxy is warned about', async (t) => {
  const own = await ServerProcess.start(t);
  await http('GET', `${own.url}/users/me`);
  await own.kill('SIGTERM');
  assert.doesNotMatch(own.run.output, /proxy\./);
});
