import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionTicks } from '../../../server/actors/connection/connection-ticks.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const stage = (heartbeatMs = 30_000) => {
  const clock = new ManualClock();
  const woken: string[] = [];
  const ticks = new ConnectionTicks(clock, heartbeatMs, (socketId) => {
    woken.push(socketId);
  });
  return { clock, woken, ticks };
};

test('each is woken once, not before its moment and at most a step later', () => {
  const { clock, woken, ticks } = stage();
  ticks.set('late', 30_010);
  ticks.set('early', 10_001);
  clock.advance(10_000);
  assert.deepEqual(woken, []);
  clock.advance(250);
  assert.deepEqual(woken, ['early']);
  clock.advance(19_750);
  assert.deepEqual(woken, ['early']);
  clock.advance(260);
  assert.deepEqual(woken, ['early', 'late']);
  clock.advance(120_000);
  assert.equal(woken.length, 2);
});

test('one that is gone is not woken, and when nobody is left no timer is', () => {
  const { clock, woken, ticks } = stage();
  const first = ticks.set('first', 1_000);
  const second = ticks.set('second', 1_000);
  ticks.cancel('first', first);
  clock.advance(1_000);
  assert.deepEqual(woken, ['second']);
  ticks.cancel('second', second);
  const third = ticks.set('third', 5_000);
  ticks.cancel('third', third);
  assert.equal(clock.waiting, 0);
});

test('after a standstill all that were due are woken, and the next are not forgotten', () => {
  const { clock, woken, ticks } = stage();
  for (const ms of [1_000, 2_000, 3_000]) ticks.set(`due-${String(ms)}`, ms);
  ticks.set('later', 100_000);
  clock.advance(60_000);
  assert.equal(woken.length, 3);
  clock.advance(40_000);
  assert.equal(woken.at(-1), 'later');
  assert.equal(clock.waiting, 0);
});

test('who is woken may wait for the next moment at once', () => {
  const clock = new ManualClock();
  let woken = 0;
  const ticks: ConnectionTicks = new ConnectionTicks(clock, 1_000, () => {
    woken += 1;
    ticks.set('socket', 1_000);
  });
  ticks.set('socket', 1_000);
  for (let n = 0; n < 5; n += 1) clock.advance(1_000);
  assert.equal(woken, 5);
});

test('ten thousand connections share their wake-ups', () => {
  const { clock, woken, ticks } = stage();
  for (let n = 0; n < 10_000; n += 1) ticks.set(`socket-${String(n)}`, 1_000 + n);
  assert.equal(clock.waiting, 1);
  clock.advance(11_250);
  assert.equal(new Set(woken).size, 10_000);
});
