import assert from 'node:assert/strict';
import { test } from 'node:test';
import { id, live, message, open, openLive, page, pageWithOwn } from '../support/session-stage.ts';

test('[D2] an ack that waits for its place is not lost when the log is read past it', () => {
  const { socket, context } = openLive(10);
  context.give(message(1));
  context.take('post').answer({ conversationId: id(7), seq: 3, sentAt: 0, cursor: 12, duplicate: false });
  context.clock.advance(40);
  context.take('log').answer(pageWithOwn([11, 12], 12, 1));
  assert.deepEqual(socket.taken(), ['message 11', 'ack 12']);
});

test('[D2] nor when a replay of what is undelivered leaves one’s own message out, nor while the socket lags', () => {
  const { socket, context } = open({}, 5);
  context.give({ type: 'open', cursor: null });
  context.give(message(1));
  context.take('post').answer({ conversationId: id(7), seq: 3, sentAt: 0, cursor: 6, duplicate: false });
  context.take('log').answer(page([4], false, 6));
  const rest = context.take('log');
  assert.deepEqual([rest.question['cursor'], rest.question['undeliveredOnly']], [5, false]);
  rest.answer(pageWithOwn([6], 6, 1));
  assert.deepEqual(socket.taken(), ['welcome', 'message 4', 'ack 6', 'sync']);
  socket.room = 1;
  context.give(live(7));
  context.give(message(2));
  context.take('post').answer({ conversationId: id(7), seq: 4, sentAt: 0, cursor: 8, duplicate: false });
  socket.room = Infinity;
  context.give({ type: 'drained' });
  context.take('log').answer(pageWithOwn([8], 8, 2));
  assert.deepEqual(socket.taken(), ['message 7', 'ack 8']);
});

test('[D2] the ack of a message stands in the stream at its number', () => {
  const { socket, context } = openLive(10);
  context.give(message(1));
  const post = context.take('post');
  post.answer({ conversationId: id(7), seq: 3, sentAt: 0, cursor: 12, duplicate: false });
  assert.deepEqual(socket.taken(), []);
  context.give(live(11));
  assert.deepEqual(socket.taken(), ['message 11', 'ack 12']);
});

test('[D4] a repeat gets the first ack at once, whatever its number', () => {
  const { socket, context } = openLive(10);
  context.give(message(1));
  context.take('post').answer({ conversationId: id(7), seq: 3, sentAt: 0, cursor: 4, duplicate: true });
  const [ack] = socket.sent;
  assert.deepEqual([ack?.['type'], ack?.['cursor']], ['ack', 4]);
});

test('[D4] every repeat gets an answer, those under way together too; other content under the id is a conflict', () => {
  const { socket, context } = openLive(10);
  context.give(message(1));
  context.give(message(1));
  context.give(message(1, 'other'));
  const [error] = socket.sent;
  assert.deepEqual((error?.['payload'] as { code: string }).code, 'conflict');
  assert.equal(context.asked.length, 2);
  const posted = { conversationId: id(7), seq: 3, sentAt: 0, cursor: 11 };
  context.take('post').answer({ ...posted, duplicate: false });
  context.take('post').answer({ ...posted, duplicate: true });
  assert.deepEqual(socket.taken(), ['error', 'ack 11', 'ack 11']);
});

test('one’s own message that comes out of the log is its ack', () => {
  const { socket, context } = open({}, 1);
  context.give({ type: 'open', cursor: 0 });
  context.give(message(1));
  context.take('log').answer(pageWithOwn([1], 1, 1));
  assert.deepEqual(socket.taken(), ['welcome', 'ack 1', 'sync']);
  context.take('post').answer({ conversationId: id(7), seq: 1, sentAt: 0, cursor: 1, duplicate: false });
  assert.deepEqual(socket.taken(), [], 'answered already');
});

test('[P9] past 2048 messages under way the next is refused', () => {
  const { socket, context } = openLive(0);
  for (let n = 1; n <= 2049; n += 1) context.give(message(n));
  assert.equal(context.asked.length, 2048);
  const [error] = socket.sent;
  assert.deepEqual(error?.['payload'], {
    code: 'unavailable',
    message: 'Too many messages wait for their answer on this connection.',
    ref: id(2049),
  });
});
