import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratioVerdict } from '../../perf/report/regression.ts';

const recorded = { ratio: 5, factor: 3 };

test('the best round of each counts, so a disturbed one changes nothing', () => {
  const { isRegression, sentence } = ratioVerdict([400, 30, 90], [40, 6, 5], recorded);
  assert.equal(isRegression, false);
  assert.match(sentence, /6 × \(a\) \(30 and 5 µs\), recorded 5, fails beyond 15/);
});

test('beyond the factor it is a regression; up to it, it is noise', () => {
  assert.equal(ratioVerdict([75], [5], recorded).isRegression, false);
  assert.equal(ratioVerdict([75.1], [5], recorded).isRegression, true);
});

test('without a measurement it is no pass', () => {
  assert.equal(ratioVerdict([], [5], recorded).isRegression, true);
  assert.equal(ratioVerdict([NaN], [5], recorded).isRegression, true);
});
