import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { twoPeople } from '../support/chat-client.ts';
import { assertNoHole } from '../support/cursors.ts';
import { say } from '../support/say.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });

test('[P4][O3][O5] resume by cursor replays exactly what came after, oldest first, then sync, then live', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const a = await ada.online();
  const b = await ben.online();
  for (const text of ['1', '2', '3']) await say(a.socket, ben, text);
  const third = await b.socket.next('message', ({ payload }) => payload.content === '3');
  b.socket.terminate();
  for (const text of ['4', '5', '6']) await say(a.socket, ben, text);

  const back = await ben.connect({ cursor: third.cursor });
  await back.next('sync');
  await say(a.socket, ben, '7');
  await back.next('message', ({ payload }) => payload.content === '7');
  assert.deepEqual(
    back.received.map((frame) => (frame.type === 'message' ? frame.payload.content : frame.type)),
    ['welcome', '4', '5', '6', 'sync', '7'],
  );
  assertNoHole(back.received, third.cursor);
});

test('[O6][D11] without a cursor: what was not acknowledged as delivered, on whichever device', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const a = await ada.online();
  const ids: string[] = [];
  for (const text of ['1', '2', '3', '4']) ids.push((await say(a.socket, ben, text)).payload.message_id);
  const first = await ben.online();
  first.socket.send('ack', { message_id: ids[1] ?? '', status: 'delivered' });
  await a.socket.next('ack', ({ payload }) => payload.status === 'delivered');
  first.socket.terminate();

  const { socket } = await ben.online();
  assert.deepEqual(
    socket.received.flatMap((frame) => (frame.type === 'message' ? [frame.payload.content] : [])),
    ['3', '4'],
  );
});

test('[O8] a sync asked for on an open connection replays from there', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const [a, b] = await Promise.all([ada.online(), ben.online()]);
  for (const text of ['1', '2', '3']) await say(a.socket, ben, text);
  const [one] = [await b.socket.next('message', ({ payload }) => payload.content === '1')];
  await b.socket.next('message', ({ payload }) => payload.content === '3');
  b.socket.send('sync', { cursor: one.cursor });
  const again = await b.socket.next('message');
  assert.equal(again.payload.content, '2', 'the queue still held the live one');
  const { payload } = await b.socket.next('sync');
  const replayed = b.socket.received.filter(
    (frame) => frame.type === 'message' && frame.payload.content === '2',
  );
  assert.equal(replayed.length, 2);
  assert.ok(payload.cursor >= one.cursor + 2);
});

test('[O4] welcome says where the log stands, the replay after it where the client does', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const a = await ada.online();
  for (const text of ['1', '2', '3']) await say(a.socket, ben, text);
  const socket = await ben.connect({ cursor: 1 });
  assert.equal((await socket.next('welcome')).payload.cursor, 3);
  assert.equal((await socket.next('message')).cursor, 2);
  assert.equal((await socket.next('message')).cursor, 3);
  assert.equal((await socket.next('sync')).payload.cursor, 3);
});

test('[O12] a cursor ahead of the log is answered with where the log stands', async (t) => {
  const [ada] = await twoPeople(t, server);
  const socket = await ada.connect({ cursor: 1_000_000 });
  await socket.next('welcome');
  assert.equal((await socket.next('sync')).payload.cursor, 0);
});

test('[P4] a backlog of many pages comes whole, while more arrives', async (t) => {
  const [ada, ben] = await twoPeople(t, server);
  const a = await ada.online();
  const total = 1200;
  const ids = Array.from({ length: total }, () => crypto.randomUUID());
  const send = (from: number, to: number): void => {
    for (const id of ids.slice(from, to))
      a.socket.send('message', { recipient_id: ben.id, content: 'x'.repeat(500) }, id);
  };
  for (let at = 0; at < 1000; at += 100) {
    send(at, at + 100);
    for (const id of ids.slice(at, at + 100)) assert.equal((await a.socket.answerTo(id)).type, 'ack');
  }
  const back = await ben.connect({ cursor: 0 });
  send(1000, total);
  await back.next('message', ({ payload }) => payload.seq === total);
  await back.next('sync');
  const seqs = back.received.flatMap((frame) => (frame.type === 'message' ? [frame.payload.seq] : []));
  assert.deepEqual(
    seqs,
    Array.from({ length: total }, (_, i) => i + 1),
  );
  assertNoHole(back.received, 0);
});
