import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OpeningTurns } from '../../../server/edge/ws/opening-turns.ts';

test('few are opened at once', () => {
  const turns = new OpeningTurns();
  for (let n = 0; n < 64; n += 1) assert.equal(turns.take(), null);
  assert.equal(turns.waiting, 0);
});

test('of ten thousand that come in the same turn each is opened once, in their order, and no turn opens many', async () => {
  const turns = new OpeningTurns();
  const opened: number[] = [];
  const opening = Array.from({ length: 10_000 }, async (_, n) => {
    const turn = turns.take();
    if (turn !== null) await turn;
    opened.push(n);
  });
  assert.equal(turns.waiting, 10_000 - 64);
  let before = opened.length;
  const all = Promise.all(opening);
  while (opened.length < 10_000) {
    await nextTurn();
    assert.ok(
      opened.length > before && opened.length - before <= 128,
      `${String(opened.length)} after ${String(before)}`,
    );
    before = opened.length;
  }
  await all;
  assert.deepEqual(
    opened,
    opening.map((_, n) => n),
  );
  assert.equal(turns.waiting, 0);
});

test('who comes while others wait waits behind them', async () => {
  const turns = new OpeningTurns();
  const opened: string[] = [];
  for (let n = 0; n < 64; n += 1) assert.equal(turns.take(), null);
  const first = turns.take()?.then(() => opened.push('first'));
  await nextTurn();
  for (let n = 0; n < 63; n += 1) assert.equal(turns.take(), null);
  const second = turns.take()?.then(() => opened.push('second'));
  await Promise.all([first, second]);
  assert.deepEqual(opened, ['first', 'second']);
});
