import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageTracer } from '../../../server/actors/tracing/message-tracer.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const ADA = 'ada';
const BEN = 'ben';
const SOCKET = 'socket-1';

const stage = () => {
  const clock = new ManualClock();
  const tracer = new MessageTracer(clock);
  const writing: (() => void)[] = [];
  const socket = { id: SOCKET, whenWritten: (run: () => void) => void writing.push(run) };
  /** What was handed to sockets is written now. */
  const write = (): void => {
    for (const run of writing.splice(0)) run();
  };
  const claim = (messageId: string, senderId = ADA): void => {
    tracer.claim({ messageId, senderId, socketId: SOCKET, arrivedAt: clock.monotonic() });
  };
  const answer = (messageId: string): void => {
    tracer.acked(messageId, socket);
    write();
  };
  return { clock, tracer, socket, write, claim, answer };
};

test('it waits for a minute and no longer, and for one message only', () => {
  const { clock, tracer, claim } = stage();
  assert.ok(tracer.arm(null));
  assert.equal(tracer.arm(null), false);
  assert.equal(Number(tracer.armed?.expiresAt) - Number(tracer.armed?.armedAt), 60_000);
  clock.advance(60_000);
  assert.equal(tracer.isArmed, false);
  claim('late');
  assert.deepEqual(tracer.traces, []);
  assert.ok(tracer.arm(ADA));
  claim('of ben', BEN);
  claim('first');
  claim('second');
  assert.equal(tracer.followed, 'first');
  assert.equal(tracer.arm(null), false, 'on its way to its answer');
});

test('the receipt of the recipient completes it; another one, or an earlier one, does not', () => {
  const { clock, tracer, socket, write, claim, answer } = stage();
  tracer.arm(null);
  claim('m');
  tracer.announced({ recipientId: BEN, recipientCursor: 7, conversationId: 'c', seq: 3 }, 2);
  tracer.sent(BEN, 6, socket);
  tracer.sent(ADA, 7, socket);
  tracer.sent(BEN, 7, socket);
  clock.advance(5);
  tracer.sent(BEN, 7, socket);
  write();
  answer('m');
  const [trace] = tracer.traces;
  assert.equal(trace?.writtenAt.length, 2);
  assert.equal(trace.isDone, false);
  tracer.receipt(ADA, 'c', 9, clock.monotonic());
  tracer.receipt(BEN, 'd', 9, clock.monotonic());
  tracer.receipt(BEN, 'c', 2, clock.monotonic());
  assert.equal(trace.deliveredAt, null);
  tracer.receipt(BEN, 'c', 4, clock.monotonic());
  assert.deepEqual([trace.isDone, typeof trace.deliveredAt, tracer.isFollowing], [true, 'number', false]);
});

test('without a receipt, or an answer, it ends after half a minute; a new one may begin after the answer', () => {
  const { clock, tracer, claim, answer } = stage();
  tracer.arm(null);
  claim('unanswered');
  clock.advance(30_000);
  assert.deepEqual(
    tracer.traces.map(({ totalUs, isDone }) => [totalUs, isDone]),
    [[null, true]],
  );
  tracer.arm(null);
  claim('m');
  tracer.announced({ recipientId: BEN, recipientCursor: 1, conversationId: 'c', seq: 1 }, 1);
  answer('m');
  const isDone = (): boolean | undefined => tracer.traces[0]?.isDone;
  assert.equal(isDone(), false);
  assert.ok(tracer.arm(null));
  assert.equal(isDone(), true);
});

test('of a failure it says how far the message had got', () => {
  const { tracer, socket, claim, write } = stage();
  const place = (steps: () => void) => {
    assert.ok(tracer.arm(null));
    claim('m');
    steps();
    tracer.refused('another', 'internal', socket);
    tracer.refused('m', 'unavailable', socket);
    write();
    return tracer.traces[0]?.failure?.place;
  };
  const written = (begunAt: number | null, committedAt: number | null): void => {
    tracer.asked();
    const times = { queuedAt: 1, begunAt, committedAt, batch: 1 };
    tracer.written({ type: 'written', messageId: 'm', times, announcedAt: 2, isNoticed: false });
  };
  const places = [
    place(() => undefined),
    place(() => {
      tracer.asked();
    }),
    place(() => {
      written(null, null);
    }),
    place(() => {
      written(1, null);
    }),
    place(() => {
      written(1, 1);
    }),
  ];
  assert.deepEqual(places, ['connection', 'link', 'queue', 'transaction', 'rules']);
});

test('[P9] the last 20 are kept', () => {
  const { tracer, claim, answer } = stage();
  for (let n = 0; n < 25; n += 1) {
    tracer.arm(null);
    claim(`m${String(n)}`);
    answer(`m${String(n)}`);
  }
  assert.equal(tracer.traces.length, 20);
  assert.deepEqual([tracer.traces[0]?.number, tracer.traces.at(-1)?.number], [25, 6]);
});
