import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frame, id, live, ME, open, openLive, page, PEER } from '../support/session-stage.ts';

test('[P4] welcome, what was missed, sync, live: what arrives meanwhile is held, and nothing is sent twice', () => {
  const { socket, context } = open({}, 5);
  context.give({ type: 'open', cursor: 2 });
  assert.deepEqual(socket.taken(), ['welcome']);
  context.give(live(5));
  context.give(live(6));
  context.give(live(7));
  assert.deepEqual(socket.taken(), []);
  const read = context.take('log');
  assert.deepEqual([read.question['cursor'], read.question['undeliveredOnly']], [2, false]);
  read.answer(page([3, 4, 5]));
  assert.deepEqual(socket.taken(), ['message 3', 'message 4', 'message 5', 'sync', 'message 6', 'message 7']);
});

test('[P4] a backlog comes in pages, each read while the one before is sent, and no more than one ahead', () => {
  const { socket, context } = open({}, 6);
  socket.room = 2;
  context.give({ type: 'open', cursor: 0 });
  context.take('log').answer(page([1, 2], true));
  const second = context.take('log');
  assert.equal(second.question['cursor'], 2);
  second.answer(page([3, 4], true));
  assert.deepEqual(socket.taken(), ['welcome', 'message 1']);
  assert.equal(context.asked.length, 0);
  socket.room = 2;
  context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), ['message 2', 'message 3']);
  const third = context.take('log');
  assert.equal(third.question['cursor'], 4);
  socket.room = Infinity;
  context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), ['message 4'], 'the last page has not come yet');
  third.answer(page([5, 6]));
  assert.deepEqual(socket.taken(), ['message 5', 'message 6', 'sync']);
  assert.equal(context.asked.length, 0);
});

test('[P4] a page whose reading ahead failed is asked for again, once', () => {
  const { socket, context } = open({}, 4);
  socket.room = 2;
  context.give({ type: 'open', cursor: 0 });
  context.take('log').answer(page([1, 2], true));
  context.take('log').fail({ code: 'unavailable', detail: 'busy' });
  socket.room = Infinity;
  context.give({ type: 'drained' });
  context.clock.advance(1_000);
  assert.equal(context.asked.length, 1);
  context.take('log').answer(page([3, 4]));
  assert.deepEqual(socket.taken(), ['welcome', 'message 1', 'message 2', 'message 3', 'message 4', 'sync']);
});

test('[P4] whoever has missed nothing is live at once, with and without a cursor; nothing is read', () => {
  for (const [cursor, head] of [
    [7, 7],
    [null, 0],
    [0, 0],
  ] as const) {
    const { socket, context } = open({}, head);
    context.give({ type: 'open', cursor });
    assert.deepEqual(socket.taken(), ['welcome', 'sync']);
    assert.deepEqual(context.asked, []);
    // Committed before the look at the log, told after it: known already.
    context.give(live(head));
    context.give(live(head + 1));
    assert.deepEqual(socket.taken(), [`message ${String(head + 1)}`]);
  }
});

test('without a cursor what is not delivered is replayed', () => {
  const { context } = open({}, 9);
  context.give({ type: 'open', cursor: null });
  assert.equal(context.take('log').question['undeliveredOnly'], true);
});

test('[O6] without a cursor, what came after welcome is read in full, acknowledged elsewhere or not', () => {
  const { socket, context } = open({}, 5);
  context.give({ type: 'open', cursor: null });
  // The log has gone on to 8 by the time it is read, and another device has acknowledged 6.
  context.take('log').answer(page([2, 4, 7], false, 8));
  assert.deepEqual(socket.taken(), ['welcome', 'message 2', 'message 4']);
  const rest = context.take('log');
  assert.deepEqual([rest.question['cursor'], rest.question['undeliveredOnly']], [5, false]);
  rest.answer(page([6, 7, 8]));
  assert.deepEqual(socket.taken(), ['message 6', 'message 7', 'message 8', 'sync']);
});

test('[P4] [P8] what was committed while an older page was under way, and told to nobody because a thread was lost, is read', () => {
  let head = 3;
  const { socket, context } = open({ sessionHead: () => head });
  context.give({ type: 'open', cursor: 2 });
  const read = context.take('log');
  // The page is of before this commit.
  head = 4;
  context.give({ type: 'verify' });
  read.answer(page([3]));
  assert.deepEqual(socket.taken(), ['welcome', 'message 3', 'sync']);
  context.take('log').answer(page([4]));
  assert.deepEqual(socket.taken(), ['message 4']);
  assert.deepEqual(context.asked, []);
});

test('[R1] [P8] after a thread was lost receipts are told again, the newest of each kind', () => {
  const places = (seq: number) => ({
    conversationId: id(500),
    pair: { first: ME, second: PEER },
    seq,
    senderId: PEER,
  });
  const { context } = openLive(3, {
    locations: { pair: () => null, message: (_userId, messageId) => places(Number(messageId.slice(-2))) },
  });
  context.give(frame('ack', { message_id: id(1), status: 'read' }));
  context.give(frame('ack', { message_id: id(3), status: 'delivered' }));
  context.give(frame('ack', { message_id: id(2), status: 'delivered' }));
  context.told.splice(0);
  context.give({ type: 'verify' });
  const told = context.told.map(({ message: { seq, status } }) => `${String(status)} ${String(seq)}`);
  assert.deepEqual(told, ['read 1', 'delivered 3']);
});

test('[O8] one sync at a time; of those that wait the last one asked for is made', () => {
  const { socket, context } = openLive(5);
  for (const cursor of [3, 1, 4]) context.give(frame('sync', { cursor }));
  context.take('log').answer(page([4, 5]));
  assert.deepEqual(socket.taken(), ['message 4', 'message 5']);
  const second = context.take('log');
  assert.equal(second.question['cursor'], 4);
  second.answer(page([5]));
  assert.deepEqual(socket.taken(), ['message 5', 'sync']);
  assert.equal(context.asked.length, 0);
});

test('[O12] a cursor from the future starts the log over', () => {
  const { context } = open({}, 5);
  context.give({ type: 'open', cursor: 6 });
  assert.equal(context.take('log').question['cursor'], 0);
});

test('[P4] two pushes that passed each other leave in order; a hole that stays is read from the log', () => {
  const { socket, context } = openLive(10);
  context.give(live(12));
  assert.deepEqual(socket.taken(), []);
  context.give(live(11));
  assert.deepEqual(socket.taken(), ['message 11', 'message 12']);
  context.clock.advance(40);
  assert.equal(context.asked.length, 0, 'the hole has closed by itself');
  context.give(live(14));
  context.clock.advance(40);
  context.take('log').answer(page([13, 14]));
  assert.deepEqual(socket.taken(), ['message 13', 'message 14']);
});

test('[P9] a page for a socket that takes nothing is kept for a second, then read again when it has drained', () => {
  const { socket, context } = open({}, 4);
  context.give({ type: 'open', cursor: 0 });
  socket.room = 1;
  context.take('log').answer(page([1, 2, 3, 4], true));
  const ahead = context.take('log');
  context.clock.advance(999);
  socket.room = 1;
  context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), ['welcome', 'message 1', 'message 2'], 'out of what was kept');
  context.clock.advance(1_001);
  ahead.answer(page([5]));
  context.give(live(5));
  socket.room = Infinity;
  context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), [], 'what was read ahead is not kept either');
  const again = context.take('log');
  assert.equal(again.question['cursor'], 2);
  again.answer(page([3, 4]));
  assert.deepEqual(socket.taken(), ['message 3', 'message 4', 'sync']);
  context.take('log').answer(page([5]));
  assert.deepEqual(socket.taken(), ['message 5']);
});

test('[P9] a socket that is full lags: live is skipped, and read from the log when it has drained', () => {
  const { socket, context } = openLive(0);
  socket.room = 2;
  for (let cursor = 1; cursor <= 500; cursor += 1) context.give(live(cursor));
  assert.deepEqual(socket.taken(), ['message 1', 'message 2']);
  socket.room = 3;
  context.give({ type: 'drained' });
  const read = context.take('log');
  assert.equal(read.question['cursor'], 2);
  read.answer(page([3, 4, 5, 6]));
  assert.deepEqual(socket.taken(), ['message 3', 'message 4', 'message 5'], 'a page waits for room too');
  socket.room = Infinity;
  context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), ['message 6']);
});

test('[O7] receipts that were left out of a replay are followed by sync, so that the arithmetic goes on', () => {
  const { socket, context } = openLive(10);
  context.give(live(15));
  context.clock.advance(40);
  context.take('log').answer(page([11, 15]));
  assert.deepEqual(socket.taken(), ['message 11', 'sync', 'message 15']);
  context.give(live(17));
  context.clock.advance(40);
  context.take('log').answer(page([16], false, 17));
  assert.deepEqual(socket.taken(), ['message 16', 'sync'], 'left out at the end');
});

test('a failed read is made again', () => {
  const { socket, context } = open({}, 1);
  context.give({ type: 'open', cursor: 0 });
  context.take('log').fail({ code: 'unavailable', detail: '' });
  context.clock.advance(200);
  context.take('log').answer(page([1]));
  assert.deepEqual(socket.taken(), ['welcome', 'message 1', 'sync']);
});

test('[W5] 20 bad envelopes in a row close 4429; a good one between starts the count anew', () => {
  const { socket, context } = openLive(0);
  const bad = (): void => {
    context.give({ type: 'frame', text: '{' });
  };
  for (let i = 0; i < 19; i += 1) bad();
  context.give(frame('ping', {}));
  for (let i = 0; i < 19; i += 1) bad();
  assert.equal(socket.closeCode, 0);
  bad();
  assert.equal(socket.closeCode, 4429);
});

test('[O10] silence is answered with ping, then 4408; any frame ends the silence', () => {
  const { socket, context } = openLive(0);
  context.clock.advance(30_000);
  assert.deepEqual(socket.taken(), ['ping']);
  context.give(frame('pong', {}));
  context.clock.advance(30_000);
  assert.deepEqual(socket.taken(), ['ping']);
  context.clock.advance(29_999);
  assert.equal(socket.closeCode, 0);
  context.clock.advance(1);
  assert.equal(socket.closeCode, 4408);
});

test('[P6][O9][O10] an expired token closes 4401, a renewed one keeps the line', () => {
  const { socket, context } = openLive(0);
  const day = 86_400_000;
  const keepAlive = (ms: number): void => {
    for (let t = 0; t < ms; t += 20_000) {
      context.clock.advance(Math.min(20_000, ms - t));
      if (socket.closeCode === 0) context.give(frame('pong', {}));
    }
  };
  context.give(frame('auth', { token: 'x' }));
  context
    .take('verify')
    .answer({ userId: ME, username: 'me', sessionId: id(99), expiresAt: Date.UTC(2026, 0, 3) });
  assert.deepEqual(socket.taken(), ['auth']);
  keepAlive(day);
  assert.equal(socket.closeCode, 0);
  keepAlive(day);
  assert.equal(socket.closeCode, 4401);
});

test('[P6][O9] a token of another session renews nothing', () => {
  const { socket, context } = openLive(0);
  context.give(frame('auth', { token: 'x' }));
  context
    .take('verify')
    .answer({ userId: ME, username: 'me', sessionId: id(98), expiresAt: Date.UTC(2030, 0, 3) });
  assert.deepEqual(socket.taken(), ['error']);
});

test('[P6] a session that ended unheard is closed at the next comparison', () => {
  let isOpen = true;
  const { socket, context } = openLive(0, { sessionHead: () => (isOpen ? 0 : null) });
  context.give({ type: 'verify' });
  assert.equal(socket.closeCode, 0);
  isOpen = false;
  context.give({ type: 'verify' });
  assert.deepEqual(socket.taken(), ['session']);
  assert.equal(socket.closeCode, 4409);
});

test('[O10] a connection whose token has longer to live than when it came is closed: the clock was set back', () => {
  const { socket, session, context } = openLive(5);
  session.identity = { ...session.identity, expiresAt: session.identity.expiresAt + 59_000 };
  context.clock.advance(30_000);
  assert.deepEqual(socket.taken(), ['ping']);
  session.identity = { ...session.identity, expiresAt: session.identity.expiresAt + 120_000 };
  context.give(frame('pong', {}));
  context.clock.advance(30_000);
  assert.equal(socket.closeCode, 4401);
});
