import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EarlyCounts } from '../../../server/edge/ops/early-counts.ts';

test('what was counted before the metrics exist is handed over once, and everything later at once', () => {
  const counts = new EarlyCounts();
  counts.count('connections', 2);
  counts.count('connections', -1);
  counts.count('faults');
  const got: (readonly [string, number])[] = [];
  counts.to((name, by) => got.push([name, by]));
  assert.deepEqual(got, [
    ['connections', 1],
    ['faults', 1],
  ]);
  counts.count('faults', 3);
  assert.deepEqual(got.at(-1), ['faults', 3]);
});
