import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionDeps } from '../../../server/actors/connection/open-connection.ts';
import { pairOf } from '../../../server/storage/pair.ts';
import {
  appended,
  frame,
  id,
  live,
  ME,
  message,
  open,
  openLive,
  page,
  PEER,
} from '../../support/connection-stage.ts';

test('[H5][P6] a host that has to compare first tells nothing: neither live, nor what was read; and all of it afterwards', async () => {
  let isCurrent = true;
  const { socket, context } = await openLive(4, { isCurrent: () => isCurrent });
  isCurrent = false;
  await context.give(live(5));
  await context.give({ type: 'logged', after: 4, page: page([5, 6]) });
  await context.advance(5_000);
  assert.deepEqual([socket.taken(), context.asked], [[], []], 'and the store is not asked meanwhile');
  isCurrent = true;
  await context.advance(40);
  const read = context.take('log');
  isCurrent = false;
  await read.answer(page([5, 6]));
  await context.advance(5_000);
  assert.deepEqual([socket.taken(), context.asked], [[], []]);
  isCurrent = true;
  await context.advance(200);
  const again = context.take('log');
  assert.equal(again.question['cursor'], 4);
  await again.answer(page([5, 6]));
  assert.deepEqual(socket.taken(), ['message 5', 'message 6']);
});

test('[H5][P6] the rest of a page waits too, though it was read before the host stood still', async () => {
  let isCurrent = true;
  const { socket, context } = open({ isCurrent: () => isCurrent }, 2);
  await context.give({ type: 'open', cursor: 0 });
  socket.room = 1;
  await context.take('log').answer(page([1, 2]));
  assert.deepEqual(socket.taken(), ['welcome', 'message 1']);
  [isCurrent, socket.room] = [false, Infinity];
  await context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), []);
  isCurrent = true;
  await context.advance(200);
  await context.take('log').answer(page([2]));
  assert.deepEqual(socket.taken(), ['message 2', 'sync']);
});

test('[H5] a connection that comes while the host has to compare is sent to another', async () => {
  const { socket, context } = open({ isCurrent: () => false }, 2);
  await context.give({ type: 'open', cursor: 0 });
  assert.deepEqual([socket.taken(), socket.closeCode], [[], 1013]);
});

const PAIR = pairOf(ME, PEER);
const location = { conversationId: id(7), seq: 1, senderId: PEER, pair: PAIR };
const typing = frame('typing', { conversation_id: id(7), typing: true }, 2);
const receipt = frame('ack', { message_id: id(5), status: 'read' }, 3);
const reaction = frame('reaction', { message_id: id(5), emoji: '👍' }, 4);

/** A connection whose host stands still, or goes on, while the store is asked where something is. */
const openAt = (isCurrent: () => boolean, whenAsked: () => void = () => undefined) => {
  const found =
    <T>(place: T) =>
    (): Promise<T> => {
      whenAsked();
      return Promise.resolve(place);
    };
  const locations = { pair: found(PAIR), message: found(location) } as unknown as ConnectionDeps['locations'];
  return openLive(4, { isCurrent, locations });
};

test('[H5][P6] a host that has to compare first carries out nothing, and whoever asks may ask again', async () => {
  let isCurrent = true;
  const { socket, context } = await openAt(() => isCurrent);
  isCurrent = false;
  for (const asked of [message(1), typing, receipt, reaction]) await context.give(asked);
  assert.deepEqual([context.asked, context.told], [[], []]);
  const refused = socket.sent.map(({ payload }) => payload as { code: string; ref: string });
  assert.deepEqual(
    refused.map(({ code, ref }) => [code, ref]),
    [1, 3, 4].map((n) => ['unavailable', id(n)]),
    'nobody waits for an answer to typing',
  );
});

test('[H5][P6] the same where the host stands still while the store is asked', async () => {
  const there = frame('message', { conversation_id: id(7), content: 'hi' }, 1);
  for (const asked of [there, typing, receipt, reaction]) {
    let isCurrent = true;
    const { context } = await openAt(
      () => isCurrent,
      () => {
        isCurrent = false;
      },
    );
    await context.give(asked);
    assert.deepEqual([context.asked, context.told], [[], []], JSON.stringify(asked));
  }
});

test('[H5][D4] the answer to what was committed before the host stood still waits until it has compared', async () => {
  let isCurrent = true;
  const { socket, context } = await openLive(4, { isCurrent: () => isCurrent });
  await context.give(message(1));
  isCurrent = false;
  await context.take('appendMessage').answer(appended(3, 4, true));
  await context.advance(5_000);
  assert.deepEqual(socket.taken(), []);
  isCurrent = true;
  await context.advance(200);
  assert.deepEqual(socket.taken(), ['ack 4']);
});
