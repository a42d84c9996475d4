import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueAt, dueBy } from '../../perf/load/pacing.ts';

test('the first message is due at the start, the others evenly after it', () => {
  assert.equal(dueAt(0, 1_000), 0);
  assert.equal(dueAt(1, 1_000), 1_000);
  assert.equal(dueAt(1_500, 250), 6_000_000);
});

test('by the moment a message is due it is counted, just before it is not', () => {
  for (const perSecond of [1, 3, 250, 1_000, 4_096]) {
    for (const m of [0, 1, 2, 10, 12_345]) {
      const due = dueAt(m, perSecond);
      assert.equal(dueBy(due + 0.001, perSecond), m + 1, `message ${String(m)} at ${String(perSecond)}/s`);
      if (m > 0) assert.equal(dueBy(due - 0.001, perSecond), m);
    }
  }
});

test('nothing is due before the start', () => {
  assert.equal(dueBy(-1, 1_000), 0);
});
