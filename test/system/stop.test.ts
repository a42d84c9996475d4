import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectStatus, PASSWORD, twoPeople } from '../support/chat-client.ts';
import { Packets } from '../support/packets.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const LOGINS = 30;

test('[T5] SIGTERM: what was accepted is answered, what comes after is refused in words, sockets get 1001', async (t) => {
  const server = await ServerProcess.start(t, { PARLEY_LOGIN_MAX_FAILURES: '1000' });
  const { host } = new URL(server.url);
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  const packets = await Packets.open(server.url);
  t.after(() => {
    packets.close();
  });
  const body = JSON.stringify({ username: ada.username, password: PASSWORD });
  const login = `POST /auth/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`;
  const idle = await packets.connect();
  const ready = await packets.connect();
  const underWay = await Promise.all(Array.from({ length: LOGINS }, () => packets.connect()));
  for (const connection of underWay) connection.write(login);
  await packets.read();

  server.run.signal('SIGTERM');
  await server.run.line('stopping');
  idle.write(`GET /users/me HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${ada.accessToken}\r\n\r\n`);
  ready.write(`GET /readyz HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const answers = await Promise.all(underWay.map((connection) => connection.answers()));
  assert.deepEqual(
    answers.map((each) => each.map(({ status }) => status)),
    underWay.map(() => [200]),
  );
  for (const [answer] of answers) assert.match(answer?.head ?? '', /^connection: close$/im);
  const [refused] = await idle.answers();
  assert.equal(refused?.status, 503);
  assert.match(refused.head, /^retry-after: \d+$/im);
  assert.match(refused.head, /^connection: close$/im);
  assert.match(refused.body, /"code":"unavailable"/);
  const [notReady] = await ready.answers();
  assert.equal(notReady?.status, 503);
  assert.match(notReady.body, /"stopping":"yes"/);
  assert.equal((await a.socket.closed).code, 1001);
  assert.equal((await b.socket.closed).code, 1001);
  assert.deepEqual(await server.run.exited, { code: 0, signal: null }, server.run.output);
  assert.doesNotMatch(server.run.output, /drain\.cut-off|"level":[56]0/);

  // The logins were not only answered: their sessions are there.
  await server.restart();
  const token = (JSON.parse(answers[0]?.[0]?.body ?? '') as { access_token: string }).access_token;
  expectStatus(await ada.http('GET', '/users/me', { token }), 200);
});

test('[T5] a body that never comes whole holds a stop up for no longer than its time', async (t) => {
  const server = await ServerProcess.start(t);
  const { host } = new URL(server.url);
  const packets = await Packets.open(server.url);
  t.after(() => {
    packets.close();
  });
  const half = await packets.send([
    `POST /auth/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{`,
  ]);
  await packets.read();
  const started = performance.now();
  assert.deepEqual(await server.kill('SIGTERM'), { code: 0, signal: null }, server.run.output);
  assert.ok(performance.now() - started < 10_000);
  const [answer] = await half.answers();
  assert.equal(answer?.status, 400);
  assert.match(answer.body, /did not arrive whole/);
});

testInExtended(
  '[T5] with a time to drain, requests are answered until it is over, and new sockets are refused',
  async (t) => {
    const server = await ServerProcess.start(t, { PARLEY_DRAIN_S: '3' });
    const [ada, ben] = await twoPeople(t, server);
    const { socket } = await ada.online();
    server.run.signal('SIGTERM');
    await server.run.line('stopping');
    const read = expectStatus(await ada.http('GET', '/users/me'), 200);
    assert.equal(read.headers.connection, 'close');
    await ada.conversationWith(ben);
    expectStatus(await ada.http('GET', '/readyz'), 503);
    await assert.rejects(ben.connect(), /503/);
    assert.equal((await socket.closed).code, 1001);
    assert.deepEqual(await server.run.exited, { code: 0, signal: null }, server.run.output);
  },
);
