import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogLimit } from '../../../server/runtime/log/log-limit.ts';
import { ManualClock } from '../../support/manual-clock.ts';

test('one line a kind and period, and the next one says how many were left out', () => {
  const clock = new ManualClock();
  const limit = new LogLimit(clock, 1_000);
  assert.deepEqual(
    [limit.pass('full'), limit.pass('full'), limit.pass('io'), limit.pass('full')],
    [0, null, 0, null],
  );
  clock.advance(1_000);
  assert.deepEqual([limit.pass('full'), limit.pass('io'), limit.pass('full')], [2, 0, null]);
});
