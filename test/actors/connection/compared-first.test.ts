import assert from 'node:assert/strict';
import { test } from 'node:test';
import { live, open, openLive, page } from '../../support/connection-stage.ts';

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
