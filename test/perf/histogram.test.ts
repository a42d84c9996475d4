import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../../perf/load/histogram.ts';
import { quantile } from '../../perf/report/statistics.ts';
import { seededPick } from '../../perf/load/texts.ts';

test('quantiles are those of the sorted values, to three figures', () => {
  const pick = seededPick(7);
  // From a microsecond to a quarter of an hour, as many in each decade.
  const values = Array.from({ length: 20_000 }, () => Math.floor(10 ** (pick(9_000) / 1_000)));
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  for (const q of [0, 0.01, 0.5, 0.9, 0.99, 0.999, 1]) {
    const exact = quantile(values, q);
    const found = histogram.quantile(q);
    assert.ok(
      found >= exact && found <= exact * (1 + 1 / 64) + 1,
      `${String(q)}: ${String(found)} for ${String(exact)}`,
    );
  }
  assert.equal(histogram.quantile(1), Math.max(...values));
  assert.equal(histogram.total, values.length);
});

test('small numbers are exact', () => {
  const histogram = new Histogram();
  for (let value = 0; value < 128; value += 1) histogram.record(value);
  for (let value = 0; value < 128; value += 1) {
    assert.equal(histogram.quantile((value + 1) / 128), value);
  }
});

test('histograms join as if all had been recorded in one', () => {
  const [one, other, both] = [new Histogram(), new Histogram(), new Histogram()];
  for (let i = 1; i <= 1_000; i += 1) {
    (i % 3 === 0 ? one : other).record(i * 17);
    both.record(i * 17);
  }
  const joined = new Histogram().add(one.toData()).add(other.toData());
  assert.deepEqual(joined.toData(), both.toData());
  assert.equal(joined.quantile(0.99), both.quantile(0.99));
});

test('nothing recorded, nothing claimed; a clock that ran backwards counts as 0', () => {
  const histogram = new Histogram();
  assert.equal(histogram.quantile(0.99), 0);
  histogram.record(-5);
  assert.deepEqual([histogram.total, histogram.quantile(1), histogram.max], [1, 0, 0]);
});
