import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIMED_OUT } from '../../../server/runtime/fault.ts';
import {
  appended,
  id,
  live,
  message,
  open,
  openLive,
  page,
  pageWithOwn,
} from '../../support/connection-stage.ts';

test('[D2] an ack that waits for its place is not lost when the log is read past it', async () => {
  const { socket, context } = await openLive(10);
  await context.give(message(1));
  await context.take('appendMessage').answer(appended(3, 12));
  await context.advance(40);
  await context.take('log').answer(pageWithOwn([11, 12], 12, 1));
  assert.deepEqual(socket.taken(), ['message 11', 'ack 12']);
});

test('[D2] nor when a replay of what is undelivered leaves one’s own message out, nor while the socket lags', async () => {
  const { socket, context } = open({}, 5);
  await context.give({ type: 'open', cursor: null });
  await context.give(message(1));
  await context.take('appendMessage').answer(appended(3, 6));
  await context.take('log').answer(page([4], false, 6));
  const rest = context.take('log');
  assert.deepEqual([rest.question['cursor'], rest.question['undeliveredOnly']], [5, false]);
  await rest.answer(pageWithOwn([6], 6, 1));
  assert.deepEqual(socket.taken(), ['welcome', 'message 4', 'ack 6', 'sync']);
  socket.room = 1;
  await context.give(live(7));
  await context.give(message(2));
  await context.take('appendMessage').answer(appended(4, 8));
  socket.room = Infinity;
  await context.give({ type: 'drained' });
  await context.take('log').answer(pageWithOwn([8], 8, 2));
  assert.deepEqual(socket.taken(), ['message 7', 'ack 8']);
});

test('[D2] the ack of a message stands in the stream at its number', async () => {
  const { socket, context } = await openLive(10);
  await context.give(message(1));
  const post = context.take('appendMessage');
  await post.answer(appended(3, 12));
  assert.deepEqual(socket.taken(), []);
  await context.give(live(11));
  assert.deepEqual(socket.taken(), ['message 11', 'ack 12']);
});

test('[D4] a repeat gets the first ack at once, whatever its number', async () => {
  const { socket, context } = await openLive(10);
  await context.give(message(1));
  await context.take('appendMessage').answer(appended(3, 4, true));
  const [ack] = socket.sent;
  assert.deepEqual([ack?.['type'], ack?.['cursor']], ['ack', 4]);
});

test('[D4] every repeat gets an answer, those under way together too; other content under the id is a conflict', async () => {
  const { socket, context } = await openLive(10);
  await context.give(message(1));
  await context.give(message(1));
  await context.give(message(1, 'other'));
  const [error] = socket.sent;
  assert.deepEqual((error?.['payload'] as { code: string }).code, 'conflict');
  assert.equal(context.asked.length, 2);
  await context.take('appendMessage').answer(appended(3, 11));
  await context.take('appendMessage').answer(appended(3, 11, true));
  assert.deepEqual(socket.taken(), ['error', 'ack 11', 'ack 11']);
});

test('one’s own message that comes out of the log is its ack', async () => {
  const { socket, context } = open({}, 1);
  await context.give({ type: 'open', cursor: 0 });
  await context.give(message(1));
  await context.take('log').answer(pageWithOwn([1], 1, 1));
  assert.deepEqual(socket.taken(), ['welcome', 'ack 1', 'sync']);
  await context.take('appendMessage').answer(appended(1, 1));
  assert.deepEqual(socket.taken(), [], 'answered already');
});

test('[O7] a message that is committed after its deadline is shown in its place; its repeat gets the ack', async () => {
  const { socket, session, context } = await openLive(10);
  await context.give(message(1));
  assert.ok(session.inFlight.has(id(1)), 'the edge passes it over');
  await context.take('appendMessage').fail(TIMED_OUT);
  assert.ok(!session.inFlight.has(id(1)), 'the edge gives it its copy');
  await context.give(live(11));
  await context.give(message(1));
  await context.take('appendMessage').answer(appended(3, 11, true));
  assert.deepEqual(socket.taken(), ['error', 'message 11', 'ack 11']);
});

test('what the store does not take is refused to the sender under its code', async () => {
  const { socket, context } = await openLive(10);
  for (const n of [1, 2, 3, 4]) await context.give(message(n));
  await context.take('appendMessage').answer({ kind: 'not-found' });
  await context.take('appendMessage').answer({ kind: 'conflict', reason: 'id-taken' });
  await context.take('appendMessage').answer({ kind: 'conflict', reason: 'recipient-deleted' });
  await context.take('appendMessage').fail({ code: 'unavailable', detail: 'gone' });
  assert.deepEqual(
    socket.sent.map((frame) => (frame['payload'] as { code: string; ref: string }).code),
    ['not_found', 'conflict', 'conflict', 'unavailable'],
  );
});

test('[P9] past 2048 messages under way the next is refused', async () => {
  const { socket, context } = await openLive(0);
  for (let n = 1; n <= 2049; n += 1) await context.give(message(n));
  assert.equal(context.asked.length, 2048);
  const [error] = socket.sent;
  assert.deepEqual(error?.['payload'], {
    code: 'unavailable',
    message: 'Too many messages wait for their answer on this connection.',
    ref: id(2049),
  });
});
