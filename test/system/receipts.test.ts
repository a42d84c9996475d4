import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import { ChatClient, twoPeople } from '../support/chat-client.ts';
import type { ChatSocket } from '../support/chat-socket.ts';
import { assertNoHole } from '../support/cursors.ts';
import { say } from '../support/say.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });

/** What a connection was told of receipts, in order. */
const receipts = (socket: ChatSocket): (readonly [string, number])[] =>
  socket.received.flatMap((frame) =>
    frame.type === 'ack' && frame.payload.status !== 'sent'
      ? [[frame.payload.status, frame.payload.seq] as const]
      : [],
  );

/** `count` messages from one to the other; their ids in order. */
const sayMany = async (socket: ChatSocket, to: { id: string }, count: number): Promise<string[]> => {
  const ids = Array.from({ length: count }, () => crypto.randomUUID());
  for (const id of ids) socket.send('message', { recipient_id: to.id, content: id }, id);
  for (const id of ids) assert.equal((await socket.answerTo(id)).type, 'ack');
  return ids;
};

test('[D8] marks never go back, whatever order and whatever device they come from', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const phone = await ChatClient.login(t, server, ben.username);
  const [a, b, p] = await Promise.all([ada.online(), ben.online(), phone.online()]);
  const ids = await sayMany(a.socket, ben, 10);
  b.socket.send('ack', { message_id: ids[7] ?? '', status: 'read' });
  await a.socket.next('ack', ({ payload }) => payload.status === 'read' && payload.seq === 8);
  for (const socket of [b.socket, p.socket]) {
    for (const at of [0, 3, 6]) socket.send('ack', { message_id: ids[at] ?? '', status: 'read' });
    for (const at of [0, 6, 7]) socket.send('ack', { message_id: ids[at] ?? '', status: 'delivered' });
    await socket.roundTrip();
  }
  p.socket.send('ack', { message_id: ids[9] ?? '', status: 'delivered' });
  await a.socket.next('ack', ({ payload }) => payload.status === 'delivered' && payload.seq === 10);
  const mine = receipts(a.socket);
  for (const kind of ['delivered', 'read']) {
    const seqs = mine.filter(([status]) => status === kind).map(([, seq]) => seq);
    assert.deepEqual(
      seqs,
      [...new Set(seqs)].sort((x, y) => x - y),
      kind,
    );
  }
  assert.deepEqual(mine.at(-1), ['delivered', 10]);
  const { id } = await ben.conversationWith(ada);
  const view = await ben.get<ConversationResource>(`/conversations/${id}`);
  assert.deepEqual([view.read_seq.me, view.delivered_seq.me, view.unread_count], [8, 10, 2]);
  const theirs = await ada.get<ConversationResource>(`/conversations/${id}`);
  assert.deepEqual([theirs.read_seq.peer, theirs.delivered_seq.peer], [8, 10]);
});

test('[R2] hundreds of marks at once are few events, and the last one stands', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  const ids = await sayMany(a.socket, ben, 400);
  for (const id of ids) b.socket.send('ack', { message_id: id, status: 'delivered' });
  await a.socket.next('ack', ({ payload }) => payload.status === 'delivered' && payload.seq === 400);
  const events = receipts(a.socket).length;
  assert.ok(events < 200, `${String(events)} events for 400 marks`);
});

test('[D10] a resume is told the marks as they stand, once each, in place', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  const from = a.cursor;
  const ids = await sayMany(a.socket, ben, 6);
  for (const [i, id] of ids.entries()) {
    b.socket.send('ack', { message_id: id, status: i % 2 === 0 ? 'read' : 'delivered' });
    await a.socket.next('ack', ({ payload }) => payload.status !== 'sent' && payload.seq === i + 1);
  }
  a.socket.terminate();
  const again = await ada.online({ cursor: from });
  assertNoHole(again.socket.received, from);
  assert.deepEqual(receipts(again.socket), [
    ['read', 5],
    ['delivered', 6],
  ]);
  // The reader, resuming, learns what they have read themselves.
  const reader = await ben.online({ cursor: 0 });
  assert.deepEqual(receipts(reader.socket), [['read', 5]]);
});

test('[D9] read is told to all devices of both, delivered to the sender alone', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [adaPhone, benPhone] = await Promise.all([
    ChatClient.login(t, server, ada.username),
    ChatClient.login(t, server, ben.username),
  ]);
  const [a, a2, b, b2] = await Promise.all([
    ada.online(),
    adaPhone.online(),
    ben.online(),
    benPhone.online(),
  ]);
  const { payload } = await say(a.socket, ben, 'to all of you');
  for (const each of [a2, b, b2]) await each.socket.next('message');
  b.socket.send('ack', { message_id: payload.message_id, status: 'delivered' });
  for (const each of [a, a2]) await each.socket.next('ack', (frame) => frame.payload.status === 'delivered');
  b2.socket.send('ack', { message_id: payload.message_id, status: 'read' });
  for (const each of [a, a2, b, b2]) {
    await each.socket.next('ack', (frame) => frame.payload.status === 'read');
  }
  assert.deepEqual(receipts(b.socket), [['read', 1]]);
  assert.deepEqual(receipts(b2.socket), [['read', 1]]);
});

test('[R1] one’s own message can’t be acknowledged, nor somebody else’s', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const { socket } = await ada.online();
  const { payload } = await say(socket, ben, 'mine');
  socket.send('ack', { message_id: payload.message_id, status: 'read' });
  assert.equal((await socket.next('error')).payload.code, 'bad_request');
  socket.send('ack', { message_id: crypto.randomUUID(), status: 'read' });
  assert.equal((await socket.next('error')).payload.code, 'not_found');
});
