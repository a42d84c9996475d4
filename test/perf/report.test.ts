import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderReport } from '../../perf/report/markdown.ts';
import { isReached, type Goal, type Measured } from '../../perf/report/model.ts';
import { shown } from '../../perf/report/numbers.ts';
import { median, quantile, spreadOf } from '../../perf/report/statistics.ts';

const provenance = {
  date: '2025-12-16 08:05',
  commit: 'abc1234',
  cpu: 'a processor',
  cores: 2,
  memoryGiB: 8,
  kernel: 'Linux 6',
  versions: { Node: '20.20.2' },
  loadBefore: 0.1,
  syncMs: 0.06,
};
const goal: Goal = { what: 'CPU', value: 3, unit: '× (a)', limit: 4.5, sense: 'at most', spread: [2.9, 3.2] };
const figure = (findings: Measured['findings'], id = 'cpu'): Measured => ({
  id,
  title: `The title of ${id}`,
  quick: false,
  provenance,
  findings,
});

test('ratios stand before absolutes, each with what it had to reach', () => {
  const page = renderReport(
    [
      figure({
        how: 'Like this.',
        goals: [{ ...goal, beside: [['(b)', 9]] }],
        tables: [{ columns: ['µs'], rows: [[12_345]] }],
      }),
    ],
    [],
  );
  assert.match(page, /\| CPU \| ≤ 4\.50 × \(a\) \| 3 × \(a\) \(2\.90–3\.20\) \| \(b\) 9 \| yes \|/);
  assert.ok(page.indexOf('≤ 4.50') < page.indexOf('12,345'));
  assert.match(page, /commit abc1234/);
});

test('a goal that was missed and a figure that failed are said as plainly', () => {
  const page = renderReport(
    [
      figure({ how: '', goals: [{ ...goal, value: 9 }], tables: [] }),
      figure({ failed: 'parley lost something' }, 'other'),
    ],
    [],
  );
  assert.match(page, /\| 9 × \(a\) .*\| \*\*no\*\* \|/);
  assert.match(page, /\| The title of other \| +\| failed, see below \| +\| \*\*no\*\* \|/);
  assert.match(page, /Failed: parley lost something/);
});

test('reached is at most or at least, the limit itself included', () => {
  assert.equal(isReached({ ...goal, value: 4.5 }), true);
  assert.equal(isReached({ ...goal, value: 4.51 }), false);
  assert.equal(isReached({ ...goal, value: 4.49, sense: 'at least' }), false);
  assert.equal(isReached({ ...goal, value: NaN }), false);
});

test('numbers have three figures', () => {
  assert.deepEqual([0.0613, 1, 9.876, 45.67, 123.4, 12_345.6, NaN, 'text'].map(shown), [
    '0.06',
    '1',
    '9.88',
    '45.7',
    '123',
    '12,346',
    '–',
    'text',
  ]);
});

test('median, spread and quantile', () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.deepEqual(spreadOf([5, 1, 3]), [1, 5]);
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2);
  assert.equal(quantile([4, 1, 3, 2], 0.99), 4);
});
