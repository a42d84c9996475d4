import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { frame, live, open, openLive, page } from '../../support/connection-stage.ts';
import { PlayedConnection, step } from './played-connection.ts';

test('[P4] welcome, what was missed, sync, live: what arrives meanwhile is held, and nothing is sent twice', async () => {
  const { socket, context } = open({}, 5);
  await context.give({ type: 'open', cursor: 2 });
  assert.deepEqual(socket.taken(), ['welcome']);
  await context.give(live(5));
  await context.give(live(6));
  await context.give(live(7));
  assert.deepEqual(socket.taken(), []);
  const read = context.take('log');
  assert.deepEqual([read.question['cursor'], read.question['undeliveredOnly']], [2, false]);
  await read.answer(page([3, 4, 5]));
  assert.deepEqual(socket.taken(), ['message 3', 'message 4', 'message 5', 'sync', 'message 6', 'message 7']);
});

test('[P4] a backlog comes in pages, each read while the one before is sent, and no more than one ahead', async () => {
  const { socket, context } = open({}, 6);
  socket.room = 2;
  await context.give({ type: 'open', cursor: 0 });
  await context.take('log').answer(page([1, 2], true));
  const second = context.take('log');
  assert.equal(second.question['cursor'], 2);
  await second.answer(page([3, 4], true));
  assert.deepEqual(socket.taken(), ['welcome', 'message 1']);
  assert.equal(context.asked.length, 0);
  socket.room = 2;
  await context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), ['message 2', 'message 3']);
  const third = context.take('log');
  assert.equal(third.question['cursor'], 4);
  socket.room = Infinity;
  await context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), ['message 4'], 'the last page has not come yet');
  await third.answer(page([5, 6]));
  assert.deepEqual(socket.taken(), ['message 5', 'message 6', 'sync']);
  assert.equal(context.asked.length, 0);
});

test('[P4] a page whose reading ahead failed is asked for again, once', async () => {
  const { socket, context } = open({}, 4);
  socket.room = 2;
  await context.give({ type: 'open', cursor: 0 });
  await context.take('log').answer(page([1, 2], true));
  await context.take('log').fail({ code: 'unavailable', detail: 'busy' });
  socket.room = Infinity;
  await context.give({ type: 'drained' });
  await context.advance(1_000);
  assert.equal(context.asked.length, 1);
  await context.take('log').answer(page([3, 4]));
  assert.deepEqual(socket.taken(), ['welcome', 'message 1', 'message 2', 'message 3', 'message 4', 'sync']);
});

test('[P4] whoever has missed nothing is live at once, with and without a cursor; nothing is read', async () => {
  for (const [cursor, head] of [
    [7, 7],
    [null, 0],
    [0, 0],
  ] as const) {
    const { socket, context } = open({}, head);
    await context.give({ type: 'open', cursor });
    assert.deepEqual(socket.taken(), ['welcome', 'sync']);
    assert.deepEqual(context.asked, []);
    // Committed before the look at the log, told after it: known already.
    await context.give(live(head));
    await context.give(live(head + 1));
    assert.deepEqual(socket.taken(), [`message ${String(head + 1)}`]);
  }
});

test('without a cursor what is not delivered is replayed', async () => {
  const { context } = open({}, 9);
  await context.give({ type: 'open', cursor: null });
  assert.equal(context.take('log').question['undeliveredOnly'], true);
});

test('[O6] without a cursor, what came after welcome is read in full, acknowledged elsewhere or not', async () => {
  const { socket, context } = open({}, 5);
  await context.give({ type: 'open', cursor: null });
  // The log has gone on to 8 by the time it is read, and another device has acknowledged 6.
  await context.take('log').answer(page([2, 4, 7], false, 8));
  assert.deepEqual(socket.taken(), ['welcome', 'message 2', 'message 4']);
  const rest = context.take('log');
  assert.deepEqual([rest.question['cursor'], rest.question['undeliveredOnly']], [5, false]);
  await rest.answer(page([6, 7, 8]));
  assert.deepEqual(socket.taken(), ['message 6', 'message 7', 'message 8', 'sync']);
});

test('[P4] [P8] what was committed while an older page was under way, and told to nobody because a thread was lost, is read', async () => {
  let head = 3;
  const { socket, context } = open({ sessionHead: () => Promise.resolve(head) });
  await context.give({ type: 'open', cursor: 2 });
  const read = context.take('log');
  // The page is of before this commit.
  head = 4;
  await context.give({ type: 'verify' });
  await read.answer(page([3]));
  assert.deepEqual(socket.taken(), ['welcome', 'message 3', 'sync']);
  await context.take('log').answer(page([4]));
  assert.deepEqual(socket.taken(), ['message 4']);
  assert.deepEqual(context.asked, []);
});

test('[O8] one sync at a time; of those that wait the last one asked for is made', async () => {
  const { socket, context } = await openLive(5);
  for (const cursor of [3, 1, 4]) await context.give(frame('sync', { cursor }));
  await context.take('log').answer(page([4, 5]));
  assert.deepEqual(socket.taken(), ['message 4', 'message 5']);
  const second = context.take('log');
  assert.equal(second.question['cursor'], 4);
  await second.answer(page([5]));
  assert.deepEqual(socket.taken(), ['message 5', 'sync']);
  assert.equal(context.asked.length, 0);
});

test('[O12] a cursor from the future starts the log over', async () => {
  const { context } = open({}, 5);
  await context.give({ type: 'open', cursor: 6 });
  assert.equal(context.take('log').question['cursor'], 0);
});

test('[P4] two pushes that passed each other leave in order; a hole that stays is read from the log', async () => {
  const { socket, context } = await openLive(10);
  await context.give(live(12));
  assert.deepEqual(socket.taken(), []);
  await context.give(live(11));
  assert.deepEqual(socket.taken(), ['message 11', 'message 12']);
  await context.advance(40);
  assert.equal(context.asked.length, 0, 'the hole has closed by itself');
  await context.give(live(14));
  await context.advance(40);
  await context.take('log').answer(page([13, 14]));
  assert.deepEqual(socket.taken(), ['message 13', 'message 14']);
});

test('[P9] a page for a socket that takes nothing is kept for a second, then read again when it has drained', async () => {
  const { socket, context } = open({}, 4);
  await context.give({ type: 'open', cursor: 0 });
  socket.room = 1;
  await context.take('log').answer(page([1, 2, 3, 4], true));
  const ahead = context.take('log');
  await context.advance(999);
  socket.room = 1;
  await context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), ['welcome', 'message 1', 'message 2'], 'out of what was kept');
  await context.advance(1_001);
  await ahead.answer(page([5]));
  await context.give(live(5));
  socket.room = Infinity;
  await context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), [], 'what was read ahead is not kept either');
  const again = context.take('log');
  assert.equal(again.question['cursor'], 2);
  await again.answer(page([3, 4]));
  assert.deepEqual(socket.taken(), ['message 3', 'message 4', 'sync']);
  await context.take('log').answer(page([5]));
  assert.deepEqual(socket.taken(), ['message 5']);
});

test('[P9] a socket that is full lags: live is skipped, and read from the log when it has drained', async () => {
  const { socket, context } = await openLive(0);
  socket.room = 2;
  for (let cursor = 1; cursor <= 500; cursor += 1) await context.give(live(cursor));
  assert.deepEqual(socket.taken(), ['message 1', 'message 2']);
  socket.room = 3;
  await context.give({ type: 'drained' });
  const read = context.take('log');
  assert.equal(read.question['cursor'], 2);
  await read.answer(page([3, 4, 5, 6]));
  assert.deepEqual(socket.taken(), ['message 3', 'message 4', 'message 5'], 'a page waits for room too');
  socket.room = Infinity;
  await context.give({ type: 'drained' });
  assert.deepEqual(socket.taken(), ['message 6']);
});

test('[O7] receipts that were left out of a replay are followed by sync, so that the arithmetic goes on', async () => {
  const { socket, context } = await openLive(10);
  await context.give(live(15));
  await context.advance(40);
  await context.take('log').answer(page([11, 15]));
  assert.deepEqual(socket.taken(), ['message 11', 'sync', 'message 15']);
  await context.give(live(17));
  await context.advance(40);
  await context.take('log').answer(page([16], false, 17));
  assert.deepEqual(socket.taken(), ['message 16', 'sync'], 'left out at the end');
});

test('a failed read is made again', async () => {
  const { socket, context } = open({}, 1);
  await context.give({ type: 'open', cursor: 0 });
  await context.take('log').fail({ code: 'unavailable', detail: '' });
  await context.advance(200);
  await context.take('log').answer(page([1]));
  assert.deepEqual(socket.taken(), ['welcome', 'message 1', 'sync']);
});

test('a read that no repeat can mend ends the connection with the reason, and the client comes back later', async () => {
  const { socket, context } = open({}, 1);
  await context.give({ type: 'open', cursor: 0 });
  await context.take('log').fail({ code: 'internal', detail: 'the log cannot be read' });
  assert.deepEqual(socket.taken(), ['welcome', 'error']);
  assert.equal(socket.closeCode, 1011);
  await context.advance(10_000);
  assert.deepEqual(context.asked, []);
});

test('a page that comes after its read was given up for another is not sent', async () => {
  const { socket, context } = open({}, 4);
  socket.room = 1;
  await context.give({ type: 'open', cursor: 0 });
  await context.take('log').answer(page([1, 2], true));
  const ahead = context.take('log');
  // Nothing was taken for a second: both pages are let go of.
  await context.advance(1_000);
  socket.room = Infinity;
  await context.give({ type: 'drained' });
  await ahead.answer(page([3, 4]));
  assert.deepEqual(socket.taken(), ['welcome']);
  await context.take('log').answer(page([1, 2, 3, 4]));
  assert.deepEqual(socket.taken(), ['message 1', 'message 2', 'message 3', 'message 4', 'sync']);
});

test('the client asks for a sync while its socket lags: it gets what it asked for, then what it missed', async () => {
  const { socket, context } = await openLive(3);
  socket.room = 1;
  await context.give(live(4));
  await context.give(live(5));
  assert.deepEqual(socket.taken(), ['message 4']);
  socket.room = Infinity;
  await context.give(frame('sync', { cursor: 2 }));
  assert.equal(context.asked[0]?.question['cursor'], 2);
  await context.take('log').answer(page([3, 4, 5]));
  assert.deepEqual(socket.taken(), ['message 3', 'message 4', 'message 5', 'sync']);
});

test('each change of its state is told once, and the end too', async () => {
  const states: string[] = [];
  const { socket, context, session } = open(
    { onState: (from, to) => states.push(`${String(from)} → ${String(to)}`) },
    2,
  );
  await context.give({ type: 'open', cursor: 0 });
  await context.take('log').answer(page([1, 2]));
  socket.room = 1;
  await context.give(live(3));
  socket.room = Infinity;
  await context.give({ type: 'drained' });
  await context.take('log').answer(page([]));
  session.stop(context as never);
  assert.deepEqual(states, [
    'null → reading',
    'reading → live',
    'live → lagging',
    'lagging → reading',
    'reading → live',
    'live → null',
  ]);
});

test('[P4] [P9] whatever is late, lost, failed or full, every event of the log is sent once and in its order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(6),
      fc.nat(12),
      fc.array(step, { maxLength: 60 }),
      fc.boolean(),
      async (known, missed, steps, isShared) => {
        const connection = await PlayedConnection.open(known, missed, isShared);
        for (const each of steps) await connection.take(each);
        await connection.settle();
        assert.equal(connection.opened.socket.closeCode, 0);
        assert.deepEqual(
          connection.sent,
          Array.from({ length: connection.head - known }, (_, at) => known + 1 + at),
        );
      },
    ),
    { numRuns: 2_000 },
  );
});

test('[P12] a page that was read for all connections of a user is sent like live events', async () => {
  const { socket, context } = await openLive(4);
  await context.give({ type: 'logged', after: 4, page: page([5, 6]) });
  assert.deepEqual(socket.taken(), ['message 5', 'message 6']);
  assert.deepEqual(context.asked, [], 'nothing is read again');
  await context.give(live(6));
  await context.give(live(7));
  assert.deepEqual(socket.taken(), ['message 7']);
  await context.give({ type: 'logged', after: 4, page: page([5, 6, 7]) });
  assert.deepEqual(socket.taken(), [], 'what was sent already is sent once');
  await context.give({ type: 'logged', after: 5, page: page([6, 9]) });
  // 8 is a receipt that a later one covers.
  assert.deepEqual(socket.taken(), ['sync', 'message 9']);
});

test('[P12][P4] a page that does not follow on what was sent is read again from there', async () => {
  const { socket, context } = await openLive(4);
  await context.give({ type: 'logged', after: 6, page: page([7]) });
  assert.deepEqual(socket.taken(), []);
  assert.equal(context.asked.length, 1);
  await context.give({ type: 'reached', cursor: 9 });
  assert.equal(context.asked.length, 1, 'one reading at a time');
});

test('[P12] where other hosts write too, a gap is read together with those of others, and alone only where that cannot be', async () => {
  const wanted: number[] = [];
  const { socket, context } = await openLive(4, { readTogether: (_, cursor) => void wanted.push(cursor) });
  // An event of this host, while 5 is being read.
  await context.give(live(6));
  assert.deepEqual(wanted, []);
  await context.advance(40);
  assert.deepEqual([wanted, context.asked], [[6], []]);
  await context.give({ type: 'logged', after: 4, page: page([5, 6]) });
  assert.deepEqual(socket.taken(), ['message 5', 'message 6']);
  await context.give({ type: 'read-alone', cursor: 7 });
  await context.take('log').answer(page([7]));
  assert.deepEqual(socket.taken(), ['message 7']);
  await context.give({ type: 'read-alone', cursor: 7 });
  assert.deepEqual([wanted, context.asked], [[6], []], 'nothing is missing');
});
