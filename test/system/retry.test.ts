import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { twoPeople } from '../support/chat-client.ts';
import { pause } from '../support/deadline.ts';
import { say } from '../support/say.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });

test('[P2] a repeated id gets the first answer, on any connection and after a restart', async (t) => {
  const own = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, own);
  const first = await ada.online();
  const id = crypto.randomUUID();
  const ack = await say(first.socket, ben, 'once', id);
  const same = await say(first.socket, ben, 'once', id);
  assert.deepEqual(same.payload, ack.payload);
  assert.equal(same.cursor, ack.cursor);

  const second = await ada.online();
  assert.deepEqual((await say(second.socket, ben, 'once', id)).payload, ack.payload);

  await own.kill('SIGKILL');
  await own.restart();
  const third = await ada.online();
  const late = await say(third.socket, ben, 'once', id);
  assert.deepEqual(late.payload, ack.payload);
  assert.equal(late.cursor, ack.cursor);
  assert.equal((await say(third.socket, ben, 'next')).payload.seq, 2);
  assert.equal((await ada.history(ack.payload.conversation_id)).length, 2);
});

test('[P2] retries in flight together store one message', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const sockets = await Promise.all([ada.online(), ada.online(), ada.online()]);
  const id = crypto.randomUUID();
  const acks = await Promise.all(
    sockets.flatMap(({ socket }) => [say(socket, ben, 'at once', id), say(socket, ben, 'at once', id)]),
  );
  const [ack] = acks;
  for (const each of acks) assert.deepEqual(each.payload, ack?.payload);
  assert.equal((await ada.history(ack?.payload.conversation_id ?? '')).length, 1);
  const { socket } = await ben.online();
  assert.equal(socket.received.filter(({ type }) => type === 'message').length, 1);
});

test('the same id otherwise is a conflict: other content, other person, other sender', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [eve] = await twoPeople(t, server);
  const [a, e] = await Promise.all([ada.online(), eve.online()]);
  const id = crypto.randomUUID();
  const ack = await say(a.socket, ben, 'mine', id);
  const attempts = [
    [a.socket, ben, 'changed'],
    [a.socket, eve, 'mine'],
    [e.socket, ben, 'mine'],
  ] as const;
  for (const [socket, to, content] of attempts) {
    socket.send('message', { recipient_id: to.id, content }, id);
    const { payload } = await socket.next('error');
    assert.deepEqual({ code: payload.code, ref: payload.ref }, { code: 'conflict', ref: id });
  }
  const history = await ben.history(ack.payload.conversation_id);
  assert.deepEqual(
    history.map(({ content }) => content),
    ['mine'],
  );
});

// The limit itself is tried with the other limits.
testInExtended(
  'past the burst: too_many_requests, nothing stored, and the same id may be sent again',
  async (t) => {
    const own = await ServerProcess.start(t, { PARLEY_SEND_RATE: '2', PARLEY_SEND_BURST: '3' });
    const [ada, ben] = await twoPeople(t, own);
    const { socket } = await ada.online();
    const ids: string[] = Array.from({ length: 6 }, () => crypto.randomUUID());
    for (const id of ids) socket.send('message', { recipient_id: ben.id, content: 'quick' }, id);
    const refused = await socket.next('error');
    assert.equal(refused.payload.code, 'too_many_requests');
    const ref = refused.payload.ref ?? '';
    assert.ok(ids.includes(ref));
    // The refill is real time: the same id is offered until it is taken, as a client with an outbox does.
    for (let answer = ''; answer !== 'ack';) {
      await pause(50);
      socket.send('message', { recipient_id: ben.id, content: 'quick' }, ref);
      answer = (await socket.answerTo(ref)).type;
    }
    const conversations = await ada.get<{ conversations: { id: string }[] }>('/conversations');
    const history = await ada.history(conversations.conversations[0]?.id ?? '');
    assert.equal(history.filter(({ message_id }) => message_id === ref).length, 1);
    assert.deepEqual(
      history.map(({ seq }) => seq),
      history.map((_, i) => i + 1),
    );
  },
);
