import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../../perf/load/histogram.ts';
import { Ring, type Sender } from '../../perf/load/ring.ts';
import type { Pace } from '../../perf/load/spec.ts';

/** A ring whose messages go nowhere by themselves: the test says what arrives, and what time it is. */
const stage = (pace: Pace, size = 3) => {
  const sent: (readonly [pair: number, sequence: number])[] = [];
  const time = { us: 0 };
  let done = 0;
  const sender = (pair: number): Sender => ({
    queue: (sequence) => {
      sent.push([pair, sequence]);
    },
    flush: () => undefined,
  });
  const ring = new Ring({
    size,
    pace,
    nowUs: () => time.us,
    progress: (count) => {
      done = count;
    },
  });
  ring.attach(Array.from({ length: size }, (_, pair) => sender(pair)));
  const arrive = (pair: number, sequence: number): void => {
    ring.delivered(pair, sequence);
    ring.acked(pair, sequence);
  };
  ring.open();
  for (let pair = 0; pair < size; pair += 1) arrive(pair, 0);
  sent.length = 0;
  return { ring, sent, time, arrive, done: () => done };
};

test('closed loop: as many under way as said, the next one when one was delivered and acknowledged', () => {
  const { ring, sent, done } = stage({ kind: 'closed', inFlight: 2 });
  assert.equal(ring.idle, true);
  ring.start();
  assert.deepEqual(sent, [[0, 1], [0, 2], [1, 1], [1, 2], [2, 1], [2, 2]]); // prettier-ignore
  ring.delivered(1, 1);
  assert.equal(sent.length, 6, 'delivered alone is not enough');
  ring.acked(1, 1);
  assert.deepEqual(sent.slice(6), [[1, 3]]);
  assert.equal(done(), 4);
  ring.stop();
  ring.delivered(1, 2);
  ring.acked(1, 2);
  assert.equal(sent.length, 7, 'nothing more after the stop');
  assert.equal(ring.idle, false);
});

test('closed loop: time counts from the send', () => {
  const { ring, time } = stage({ kind: 'closed', inFlight: 1 });
  time.us = 1_000;
  ring.start();
  ring.measure();
  time.us = 1_250;
  ring.acked(0, 1);
  time.us = 1_300;
  ring.delivered(0, 1);
  const { latency, ackLatency } = ring.result();
  assert.ok(Math.abs(new Histogram().add(latency).max - 300) <= 3);
  assert.ok(Math.abs(new Histogram().add(ackLatency).max - 250) <= 2);
});

test('open loop: messages go out at their own time, one pair after the other', () => {
  const { ring, sent, time } = stage({ kind: 'open', perSecond: 1_000 });
  time.us = 5_000;
  ring.due();
  assert.equal(sent.length, 0, 'not before the start');
  ring.start();
  ring.due();
  time.us = 7_000;
  ring.due();
  assert.deepEqual(sent, [[0, 1], [1, 1], [2, 1]]); // prettier-ignore
  time.us = 9_999;
  ring.due();
  assert.deepEqual(sent.slice(3), [[0, 2], [1, 2]]); // prettier-ignore
});

test('open loop: a message that was sent late counts from when it was due (no coordinated omission)', () => {
  const { ring, time } = stage({ kind: 'open', perSecond: 1_000 });
  ring.start();
  ring.measure();
  // The generator could not send for 10 ms: ten messages at once, each late by its own measure.
  time.us = 9_000;
  ring.due();
  time.us = 9_500;
  for (let m = 0; m < 10; m += 1) ring.delivered(m % 3, 1 + Math.floor(m / 3));
  const latency = new Histogram().add(ring.result().latency);
  const lateness = new Histogram().add(ring.result().lateness);
  assert.equal(latency.total, 10);
  assert.equal(latency.max, 9_500);
  assert.ok(latency.quantile(0.1) >= 500 && latency.quantile(0.1) < 520);
  assert.equal(lateness.max, 9_000);
});

test('what is lost, repeated or overtaken stands in the result', () => {
  const { ring, arrive } = stage({ kind: 'closed', inFlight: 3 });
  ring.start();
  arrive(0, 1);
  arrive(0, 3);
  ring.acked(0, 1);
  ring.stop();
  const { acked, delivered } = ring.result();
  assert.equal(acked.repeated, 1);
  assert.equal(acked.expected, delivered.expected);
  assert.equal(delivered.missing, delivered.expected - 5);
});
