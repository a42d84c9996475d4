import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../ui/net/clock.ts';
import { watchSleep } from '../../../ui/net/sleep-watch.ts';

test('sleep is told from a timer that comes much too late, not from one that a hidden window delays', () => {
  let at = 0;
  let run = (): void => undefined;
  const told: string[] = [];
  const late: Clock = {
    now: () => at,
    after(_ms, later) {
      run = later;
      return { cancel: () => undefined };
    },
  };
  watchSleep(
    late,
    () => told.push('slept'),
    () => told.push('dozed'),
  );
  for (const gap of [10_000, 11_000, 70_000, 600_000, 10_000, -7_200_000]) {
    at += gap;
    run();
  }
  assert.deepEqual(told, ['dozed', 'slept', 'slept'], 'nor from a clock that is set');
});
