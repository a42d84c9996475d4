import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatClient, freshName, PASSWORD, twoPeople } from '../support/chat-client.ts';
import { ChatSocket } from '../support/chat-socket.ts';
import { eventually } from '../support/eventually.ts';
import { http, type HttpAnswer } from '../support/http-client.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';

const register = (server: ServerProcess, username: string, from?: string): Promise<HttpAnswer> =>
  http('POST', `${server.url}/auth/register`, {
    body: { username, password: PASSWORD },
    headers: from === undefined ? {} : { 'x-forwarded-for': from },
  });

test('[A3] registrations by address and hour: those that succeed count, in parallel and over a restart', async (t) => {
  const server = await ServerProcess.start(t, {
    PARLEY_SIGNUPS_PER_HOUR: '3',
    PARLEY_TRUST_PROXY: '127.0.0.1',
  });
  assert.equal((await register(server, 'first.one')).status, 201);
  assert.equal((await register(server, 'first.one')).status, 409);
  assert.equal((await register(server, 'x')).status, 400);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => register(server, `person.${String(i)}`)),
  );
  assert.equal(answers.filter(({ status }) => status === 201).length, 2);
  const refused = answers.filter(({ status }) => status === 429);
  assert.equal(refused.length, 6);
  const wait = Number(refused[0]?.headers['retry-after']);
  assert.ok(wait > 3500 && wait <= 3600, String(wait));
  await server.kill('SIGKILL');
  await server.restart();
  assert.equal((await register(server, 'too.late')).status, 429);
  assert.equal((await register(server, 'elsewhere', '203.0.113.5')).status, 201);
});

test('[R3] messages by person: a burst, then the rate; what is refused is not stored, its id is good again', async (t) => {
  const server = await ServerProcess.start(t, { PARLEY_SEND_RATE: '2', PARLEY_SEND_BURST: '5' });
  const [ada, ben] = await twoPeople(t, server);
  const phone = await ChatClient.login(t, server, ada.username);
  const [a, p, b] = await Promise.all([ada.online(), phone.online(), ben.online()]);
  const sendTo = (socket: ChatSocket, id: string): string =>
    socket.send('message', { recipient_id: ben.id, content: id }, id);
  const ids = Array.from({ length: 9 }, () => crypto.randomUUID());
  for (const id of ids) sendTo(a.socket, id);
  const outcomes: boolean[] = [];
  for (const id of ids) {
    const answer = await a.socket.answerTo(id);
    if (answer.type === 'error') assert.equal(answer.payload.code, 'too_many_requests');
    outcomes.push(answer.type === 'ack');
  }
  const taken = outcomes.filter(Boolean).length;
  assert.ok(taken >= 5 && taken <= 6, outcomes.join());
  // The same person on another device has no burst of their own.
  const [first, last] = [ids[0] ?? '', ids[8] ?? ''];
  const other = crypto.randomUUID();
  sendTo(p.socket, other);
  const answer = await p.socket.answerTo(other);
  assert.ok(answer.type === 'error' || outcomes.length > 0);
  // Others are not held up by it.
  const reply = b.socket.send('message', { recipient_id: ada.id, content: 'slowly!' });
  assert.equal((await b.socket.answerTo(reply)).type, 'ack');
  await eventually('room for one more', async () => {
    sendTo(a.socket, last);
    return (await a.socket.answerTo(last)).type === 'ack';
  });
  const { id } = await ada.conversationWith(ben);
  const stored = (await ada.history(id)).map(({ message_id }) => message_id);
  assert.equal(new Set(stored).size, stored.length);
  assert.ok(stored.includes(first) && stored.includes(last));
  for (const [i, each] of ids.slice(0, 8).entries()) assert.equal(stored.includes(each), outcomes[i]);
});

testInExtended(
  '[D4] however many repeats, each gets the first answer: the rate is one of messages, and a repeat is none',
  async (t) => {
    const server = await ServerProcess.start(t, { PARLEY_SEND_RATE: '0.001', PARLEY_SEND_BURST: '5' });
    const [ada, ben] = await twoPeople(t, server);
    const phone = await ChatClient.login(t, server, ada.username);
    const [a, p] = await Promise.all([ada.online(), phone.online()]);
    const id = crypto.randomUUID();
    const send = (socket: ChatSocket): string =>
      socket.send('message', { recipient_id: ben.id, content: 'once' }, id);
    send(a.socket);
    const first = await a.socket.answerTo(id);
    assert.equal(first.type, 'ack');
    for (let i = 0; i < 30; i += 1) send(a.socket);
    send(p.socket);
    for (const socket of [...Array<ChatSocket>(30).fill(a.socket), p.socket]) {
      const { payload, type, ...rest } = await socket.answerTo(id);
      assert.deepEqual(
        { payload, type, cursor: (rest as { cursor?: number }).cursor },
        {
          payload: first.payload,
          type: 'ack',
          cursor: first.cursor,
        },
      );
    }
    const fresh = a.socket.send('message', { recipient_id: ben.id, content: 'new' });
    const refused = await a.socket.answerTo(fresh);
    assert.equal(refused.type === 'error' && refused.payload.code, 'too_many_requests');
    // Somebody else's id is no way around the limit.
    const b = await ben.online();
    for (let i = 0; i < 5; i += 1) {
      await b.socket.answerTo(b.socket.send('message', { recipient_id: ada.id, content: String(i) }));
    }
    b.socket.send('message', { recipient_id: ada.id, content: 'once' }, id);
    const stolen = await b.socket.answerTo(id);
    assert.equal(stolen.type === 'error' && stolen.payload.code, 'too_many_requests');
  },
);

testInExtended('sockets by address: one more is 429, and lets in again when one has gone', async (t) => {
  const server = await ServerProcess.start(t, {
    PARLEY_SOCKETS_PER_IP: '2',
    PARLEY_TRUST_PROXY: '127.0.0.1',
  });
  const [ada, ben] = await twoPeople(t, server);
  const first = await ada.online();
  await ben.online();
  const refused = await ChatSocket.refusal(server.socketUrl, { token: ada.accessToken });
  assert.equal(refused.status, 429);
  const elsewhere = await ada.online({ headers: { 'x-forwarded-for': '203.0.113.5' } });
  elsewhere.socket.terminate();
  await first.socket.close();
  await eventually('a place to be free', () =>
    ada.online().then(
      () => true,
      () => false,
    ),
  );
});

testInExtended('sockets by address hold in parallel too', async (t) => {
  const server = await ServerProcess.start(t, { PARLEY_SOCKETS_PER_IP: '3' });
  const ada = await ChatClient.register(t, server, freshName('ada'));
  const opened = await Promise.allSettled(Array.from({ length: 9 }, () => ada.connect()));
  assert.equal(opened.filter(({ status }) => status === 'fulfilled').length, 3);
});
