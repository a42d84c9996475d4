import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SendRate } from '../../../server/edge/ws/send-rate.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('[R3] the burst at once, then as many a second as the rate, each person for themselves', () => {
  const clock = new ManualClock();
  const rate = new SendRate(10, 60, clock);
  const sends = (userId: string, tries: number): number =>
    Array.from({ length: tries }, () => rate.take(userId)).filter(Boolean).length;
  assert.equal(sends('ann', 100), 60);
  assert.equal(sends('bob', 1), 1);
  clock.advance(1000);
  assert.equal(sends('ann', 100), 10);
  clock.advance(60_000);
  assert.equal(sends('ann', 100), 60);
});

test('[U8] whoever is refused is told after how many seconds it goes on', () => {
  const clock = new ManualClock();
  const rate = new SendRate(1 / 60, 2, clock);
  assert.equal(rate.secondsToWait('ann'), 0);
  assert.ok(rate.take('ann') && rate.take('ann') && !rate.take('ann'));
  assert.equal(rate.secondsToWait('ann'), 60);
  clock.advance(59_500);
  assert.equal(rate.secondsToWait('ann'), 1);
  clock.advance(500);
  assert.equal(rate.secondsToWait('ann'), 0);
  assert.ok(rate.take('ann') && !rate.take('ann'));
});

test('no rate, no limit', () => {
  const rate = new SendRate(0, 60, new ManualClock());
  assert.ok(Array.from({ length: 1000 }, () => rate.take('ann')).every(Boolean));
});
