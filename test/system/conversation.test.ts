import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { ChatClient, freshName, twoPeople } from '../support/chat-client.ts';
import { assertNoHole } from '../support/cursors.ts';
import { say } from '../support/say.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });

test('[P1][P2][P3] what is sent while the other is away is there once, in order, after a kill', async (t) => {
  const own = await ServerProcess.start(t);
  const [ada, ben] = await twoPeople(t, own);
  const { socket } = await ada.online();
  const sent: { id: string; seq: number; content: string; sentAt: string | undefined }[] = [];
  for (let i = 1; i <= 25; i += 1) {
    const content = `number ${String(i)} 👋🏽 العربية 中文`;
    const { payload } = await say(socket, ben, content);
    sent.push({ id: payload.message_id, seq: payload.seq, content, sentAt: payload.sent_at });
  }
  await own.kill('SIGKILL');
  await own.restart();

  const back = await ben.connect();
  const welcome = await back.next('welcome');
  assert.equal(welcome.payload.user_id, ben.id);
  await back.next('sync');
  const got = back.received.filter((frame) => frame.type === 'message');
  assert.deepEqual(
    got.map(({ payload }) => ({
      id: payload.message_id,
      seq: payload.seq,
      content: payload.content,
      sentAt: payload.sent_at,
    })),
    sent,
  );
  assert.deepEqual(
    sent.map(({ seq }) => seq),
    sent.map((_, i) => i + 1),
  );
  assertNoHole(back.received, 0);
  const conversationId = got[0]?.payload.conversation_id ?? '';
  assert.deepEqual(
    (await ben.history(conversationId)).map(({ message_id }) => message_id),
    sent.map(({ id }) => id),
  );
});

test('both see each other live, on every device but the one that sent', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const phone = await ChatClient.login(t, server, ada.username);
  const [desk, pocket, other] = await Promise.all([ada.online(), phone.online(), ben.online()]);
  const ack = await say(desk.socket, ben, 'hello');
  const toBen = await other.socket.next('message');
  const toPhone = await pocket.socket.next('message');
  assert.equal(toBen.payload.content, 'hello');
  assert.equal(toBen.payload.sender_name, ada.username);
  assert.equal(toBen.payload.recipient_id, ben.id);
  assert.equal(toBen.payload.status, undefined, 'status stands on one’s own messages only');
  assert.equal(toPhone.payload.status, 'sent');
  assert.equal(toPhone.cursor, ack.cursor, 'one log for all devices of a person');
  await desk.socket.roundTrip();
  assert.equal(desk.socket.received.filter(({ type }) => type === 'message').length, 0);
  for (const { socket, cursor } of [desk, pocket, other]) {
    const live = socket.received.slice(socket.received.findIndex(({ type }) => type === 'sync'));
    assertNoHole(live, cursor);
  }
});

test('delivered and read reach the sender, read reaches the reader, and neither goes back', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const benPhone = await ChatClient.login(t, server, ben.username);
  const [a, b, b2] = await Promise.all([ada.online(), ben.online(), benPhone.online()]);
  const ids: string[] = [];
  for (const text of ['one', 'two', 'three']) ids.push((await say(a.socket, ben, text)).payload.message_id);
  for (const id of ids) await b.socket.next('message', ({ payload }) => payload.message_id === id);
  const [first = '', second = '', third = ''] = ids;

  b.socket.send('ack', { message_id: second, status: 'delivered' });
  const delivered = await a.socket.next('ack', ({ payload }) => payload.status === 'delivered');
  assert.equal(delivered.payload.message_id, second);
  assert.equal(delivered.payload.seq, 2);

  b.socket.send('ack', { message_id: third, status: 'read' });
  const read = await a.socket.next('ack', ({ payload }) => payload.status === 'read');
  assert.equal(read.payload.seq, 3);
  for (const own of [b.socket, b2.socket]) {
    const mine = await own.next('ack', ({ payload }) => payload.status === 'read');
    assert.equal(mine.payload.message_id, third);
  }

  b.socket.send('ack', { message_id: first, status: 'delivered' });
  b.socket.send('ack', { message_id: first, status: 'read' });
  await b.socket.roundTrip();
  await say(b.socket, ada, 'later');
  await a.socket.next('message');
  const marks = a.socket.received.filter(
    ({ type, payload }) => type === 'ack' && 'status' in payload && payload.status !== 'sent',
  );
  assert.ok(marks.length <= 3, 'an ack that covers nothing new makes no event');
  const conversation = await ada.get<ConversationResource>(`/conversations/${read.payload.conversation_id}`);
  assert.deepEqual(conversation.read_seq, { me: 0, peer: 3 });
  assert.equal(conversation.delivered_seq.peer, 3);
  assert.deepEqual(
    (await ada.history(conversation.id)).map(({ status }) => status),
    ['read', 'read', 'read', undefined],
  );
});

test('[P5] a third person finds nothing', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const eve = await ChatClient.register(t, server, freshName('eve'));
  const [a, e] = await Promise.all([ada.online(), eve.online()]);
  const ack = await say(a.socket, ben, 'between us');
  const { conversation_id: conversation, message_id: message } = ack.payload;
  for (const path of [`/conversations/${conversation}`, `/conversations/${conversation}/messages`]) {
    const answer = await eve.http('GET', path);
    assert.equal(answer.status, 404);
    const nothing = await eve.http('GET', path.replace(conversation, crypto.randomUUID()));
    assert.equal(answer.text, nothing.text, 'it looks exactly like what does not exist');
  }
  e.socket.send('message', { conversation_id: conversation, content: 'may I?' });
  assert.equal((await e.socket.next('error')).payload.code, 'not_found');
  e.socket.send('ack', { message_id: message, status: 'read' });
  e.socket.send('typing', { conversation_id: conversation, typing: true });
  await e.socket.roundTrip();
  await a.socket.roundTrip();
  assert.equal(e.socket.received.filter(({ type }) => type === 'message').length, 0);
  assert.equal(a.socket.received.filter(({ type }) => type === 'typing').length, 0);
});

test('to an unknown person: not_found, and nothing is made', async (t) => {
  const [ada] = await twoPeople(t, server);
  const { socket } = await ada.online();
  const id = socket.send('message', { recipient_id: crypto.randomUUID(), content: 'anybody?' });
  const { payload } = await socket.next('error');
  assert.deepEqual({ code: payload.code, ref: payload.ref }, { code: 'not_found', ref: id });
  const { conversations } = await ada.get<{ conversations: unknown[] }>('/conversations');
  assert.deepEqual(conversations, []);
});
