import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arrivals } from '../../perf/load/arrivals.ts';

const after = (...numbers: number[]): Arrivals => {
  const arrivals = new Arrivals();
  for (const n of numbers) arrivals.arrive(n);
  return arrivals;
};

test('all in order is nothing to remark', () => {
  assert.deepEqual(after(0, 1, 2).check(3), { expected: 3, missing: 0, repeated: 0, outOfOrder: 0 });
});

test('a number that never came is missing, in the middle and at the end', () => {
  assert.deepEqual(after(0, 2).check(5), { expected: 5, missing: 3, repeated: 0, outOfOrder: 0 });
  assert.equal(after(0, 2).complete, 1);
});

test('a number that came twice is told apart from one that came late', () => {
  const arrivals = after(0, 2, 1, 1, 0);
  assert.deepEqual(arrivals.check(3), { expected: 3, missing: 0, repeated: 2, outOfOrder: 1 });
  assert.equal(arrivals.complete, 3);
});
