import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SlidingTally, TALLY_WINDOW_MS } from '../../server/runtime/sliding-tally.ts';
import { Tally, TALLY_MAX } from '../../server/runtime/tally.ts';
import { seededRandom } from '../support/random-source.ts';

const SHARES = [0.01, 0.5, 0.9, 0.99, 1];

test('percentiles are those of the sorted values, exact below 16 and within 6 % above', () => {
  const random = seededRandom();
  const below = (limit: number): number => random.between(0, limit - 1);
  for (let round = 0; round < 50; round += 1) {
    const tally = new Tally();
    const values = Array.from({ length: 1 + below(300) }, () => below(2 ** (1 + below(29))));
    for (const value of values) tally.record(value);
    values.sort((a, b) => a - b);
    for (const share of SHARES) {
      const exact = values[Math.ceil(share * values.length) - 1] ?? NaN;
      const error = Math.abs(tally.percentile(share) - exact);
      assert.ok(exact < 16 ? error === 0 : error <= exact * 0.06, `${String(exact)} ± ${String(error)}`);
    }
    assert.equal(tally.max, values.at(-1));
    for (const limit of [16, 1024, 2 ** 20])
      assert.equal(tally.below(limit), values.filter((value) => value < limit).length);
    const copy = new Tally();
    const before = SHARES.map((share) => tally.percentile(share));
    copy.add(tally.take());
    assert.deepEqual(
      SHARES.map((share) => copy.percentile(share)),
      before,
    );
    assert.deepEqual([copy.count, tally.count, tally.percentile(0.5)], [values.length, 0, 0]);
  }
});

test('a value that is too large counts as the largest, a negative one as 0', () => {
  const tally = new Tally();
  tally.record(TALLY_MAX * 4);
  tally.record(-3);
  assert.deepEqual([tally.count, tally.percentile(0.5)], [2, 0]);
  assert.ok(Math.abs(tally.percentile(1) - TALLY_MAX) < TALLY_MAX * 0.06);
});

test('a sliding tally forgets what is older than a minute, in slots, and says how long it looks back', () => {
  const began = 7_000;
  const sliding = new SlidingTally(began);
  const countAt = (now: number): number => sliding.look(now).tally.count;
  sliding.record(5, began);
  sliding.record(6, began + 4_000);
  assert.equal(countAt(began + 4_000), 2);
  assert.equal(sliding.look(began + 4_000).seconds, 4);
  assert.equal(countAt(began + TALLY_WINDOW_MS - 5_000), 2);
  assert.equal(countAt(began + TALLY_WINDOW_MS), 1, 'the first slot is gone');
  assert.equal(countAt(began + TALLY_WINDOW_MS + 5_000), 0);
  sliding.record(9, began + 10 * TALLY_WINDOW_MS);
  const { tally, seconds } = sliding.look(began + 10 * TALLY_WINDOW_MS);
  assert.deepEqual([tally.count, tally.max], [1, 9]);
  assert.ok(seconds > 55 && seconds <= 60);
});
