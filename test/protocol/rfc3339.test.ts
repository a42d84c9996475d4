import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileTime, rfc3339 } from '../../server/protocol/rfc3339.ts';
import { RandomSource } from '../support/random-source.ts';

test('every time is written as Date writes it', () => {
  const random = new RandomSource(20261204);
  const edges = [0, -1, 1, 999, 1000, 59_999, 60_000, 86_399_999, 86_400_000, -86_400_000, 1.5, -1.5];
  const farthest = [951_782_400_000, 253_402_300_799_999, 253_402_300_800_000, 8.64e15, -8.64e15];
  const near = Array.from({ length: 500 }, () => 1_796_350_000_000 + Math.floor(random.next() * 864e6));
  const anywhere = Array.from({ length: 500 }, () => Math.floor((random.next() - 0.5) * 2 * 8.64e15));
  for (const ms of [...edges, ...farthest, ...near, ...anywhere])
    assert.equal(rfc3339(ms), new Date(ms).toISOString());
});

test('what is no time is refused', () => {
  for (const ms of [NaN, Infinity, 9e15]) assert.throws(() => rfc3339(ms), RangeError);
});

test('a time in the name of a file goes to the second', () => {
  assert.equal(fileTime(Date.UTC(2026, 11, 1, 3)), '2026-12-01T03-00-00Z');
});
