import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIMED_OUT } from '../../server/runtime/faults.ts';
import {
  appended,
  id,
  live,
  ME,
  message,
  open,
  openLive,
  page,
  pageWithOwn,
  PEER,
} from '../support/session-stage.ts';

test('[D2] an ack that waits for its place is not lost when the log is read past it', () => {
  const { socket, context } = openLive(10);
  context.give(message(1));
  context.take('post').answer(appended(3, 12));
  context.clock.advance(40);
  context.take('log').answer(pageWithOwn([11, 12], 12, 1));
  assert.deepEqual(socket.taken(), ['message 11', 'ack 12']);
});

test('[D2] nor when a replay of what is undelivered leaves one’s own message out, nor while the socket lags', () => {
  const { socket, context } = open({}, 5);
  context.give({ type: 'open', cursor: null });
  context.give(message(1));
  context.take('post').answer(appended(3, 6));
  context.take('log').answer(page([4], false, 6));
  const rest = context.take('log');
  assert.deepEqual([rest.question['cursor'], rest.question['undeliveredOnly']], [5, false]);
  rest.answer(pageWithOwn([6], 6, 1));
  assert.deepEqual(socket.taken(), ['welcome', 'message 4', 'ack 6', 'sync']);
  socket.room = 1;
  context.give(live(7));
  context.give(message(2));
  context.take('post').answer(appended(4, 8));
  socket.room = Infinity;
  context.give({ type: 'drained' });
  context.take('log').answer(pageWithOwn([8], 8, 2));
  assert.deepEqual(socket.taken(), ['message 7', 'ack 8']);
});

test('[D2] the ack of a message stands in the stream at its number', () => {
  const { socket, context } = openLive(10);
  context.give(message(1));
  const post = context.take('post');
  post.answer(appended(3, 12));
  assert.deepEqual(socket.taken(), []);
  context.give(live(11));
  assert.deepEqual(socket.taken(), ['message 11', 'ack 12']);
});

test('[D4] a repeat gets the first ack at once, whatever its number', () => {
  const { socket, context } = openLive(10);
  context.give(message(1));
  context.take('post').answer(appended(3, 4, true));
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
  context.take('post').answer(appended(3, 11));
  context.take('post').answer(appended(3, 11, true));
  assert.deepEqual(socket.taken(), ['error', 'ack 11', 'ack 11']);
});

test('one’s own message that comes out of the log is its ack', () => {
  const { socket, context } = open({}, 1);
  context.give({ type: 'open', cursor: 0 });
  context.give(message(1));
  context.take('log').answer(pageWithOwn([1], 1, 1));
  assert.deepEqual(socket.taken(), ['welcome', 'ack 1', 'sync']);
  context.take('post').answer(appended(1, 1));
  assert.deepEqual(socket.taken(), [], 'answered already');
});

test('[D1] both people are told of a message after its commit, though its connection is gone by then', () => {
  const { context } = openLive(10);
  for (const n of [1, 2]) context.give(message(n));
  assert.deepEqual(context.told, []);
  context.give({ type: 'close', code: 1000, reason: 'gone', revoked: false });
  context.take('post').answer(appended(3, 11));
  context.take('post').answer({ kind: 'not-found' });
  assert.deepEqual(context.told, [
    {
      to: 'edge:main',
      message: {
        type: 'posted',
        messageId: id(1),
        senderId: ME,
        recipientId: PEER,
        content: 'hi',
        except: 'socket-1',
        ...appended(3, 11),
      },
    },
  ]);
});

test('[P4] a message that was committed after its time is told with the answer to its repeat', () => {
  const { socket, context } = openLive(10);
  context.give(message(1));
  context.take('post').fail(TIMED_OUT);
  assert.deepEqual([socket.taken(), context.told], [['error'], []]);
  context.give(message(1));
  context.take('post').answer(appended(3, 11, true));
  assert.deepEqual(socket.taken(), ['ack 11']);
  assert.deepEqual(
    context.told.map(({ to, message: { type, messageId } }) => [to, type, messageId]),
    [['edge:main', 'posted', id(1)]],
  );
});

test('what the store does not take is refused to the sender under its code', () => {
  const { socket, context } = openLive(10);
  for (const n of [1, 2, 3, 4]) context.give(message(n));
  context.take('post').answer({ kind: 'not-found' });
  context.take('post').answer({ kind: 'conflict', reason: 'id-taken' });
  context.take('post').answer({ kind: 'conflict', reason: 'recipient-deleted' });
  context.take('post').fail({ code: 'unavailable', detail: 'gone' });
  assert.deepEqual(
    socket.sent.map((frame) => (frame['payload'] as { code: string; ref: string }).code),
    ['not_found', 'conflict', 'conflict', 'unavailable'],
  );
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
