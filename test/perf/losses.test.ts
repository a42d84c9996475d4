import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../../perf/load/histogram.ts';
import { isOnlyOwed, lossesIn } from '../../perf/load/run-load.ts';
import type { LoadResult, RingResult } from '../../perf/load/spec.ts';

const none = { expected: 10, missing: 0, repeated: 0, outOfOrder: 0 };
const result = (ring: Partial<RingResult>): LoadResult => {
  const times = new Histogram().toData();
  return {
    ...{ connectMs: 0, seconds: 1, messages: 10, before: [], after: [] },
    ring: {
      ...{ acked: none, delivered: none, cursorGaps: 0, errors: [] },
      ...{ latency: times, ackLatency: times, lateness: times },
      ...ring,
    },
  };
};

test('a run in which all came once, in order, has no losses', () => {
  assert.deepEqual(lossesIn(result({})), []);
});

test('what has not come yet is a loss, and may be owed; whatever else is wrong is not', () => {
  const owed = { ...none, missing: 3 };
  assert.deepEqual(lossesIn(result({ acked: owed })), ['3 of 10 messages were never acked']);
  assert.equal(isOnlyOwed(result({ acked: owed, delivered: owed })), true);
  for (const fault of [
    { delivered: { ...owed, repeated: 1 } },
    { acked: { ...owed, outOfOrder: 1 } },
    { delivered: owed, cursorGaps: 1 },
    { delivered: owed, errors: ['refused'] },
  ]) {
    assert.equal(isOnlyOwed(result(fault)), false);
    assert.ok(lossesIn(result(fault)).length > 1);
  }
});
