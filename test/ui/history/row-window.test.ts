import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Message } from '../../../ui/model/model.ts';
import { indexOfSeq } from '../../../ui/history/index-of-seq.ts';
import {
  followed,
  mostRows,
  rowsAtEnd,
  ROWS_STEP,
  shifted,
  windowAround,
  windowAtEnd,
  type RowWindow,
} from '../../../ui/history/row-window.ts';
import { rowsOf, unreadLineAt } from '../../../ui/history/rows.ts';
import { atMinute, message } from '../sample.ts';

const MOST = mostRows(700);

/** Messages with the numbers from `first` up to and with `last`. */
const run = (first: number, last: number): readonly Message[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, at) =>
    message(first + at, false, atMinute(first + at)),
  );
const seqs = (messages: readonly Message[], { from, to }: RowWindow): readonly (number | null)[] => [
  messages[from]?.seq ?? null,
  messages[to - 1]?.seq ?? null,
];
const still = { most: MOST, atEnd: false, anchor: null };

test('a window at the end, around a message, and at either edge stays within what is loaded', () => {
  assert.deepEqual(windowAtEnd(1_000, MOST), { from: 1_000 - rowsAtEnd(MOST), to: 1_000 });
  assert.deepEqual(windowAtEnd(3, MOST), { from: 0, to: 3 });
  assert.deepEqual(windowAround(500, 1_000), { from: 500 - ROWS_STEP, to: 500 + ROWS_STEP });
  assert.deepEqual(windowAround(1, 1_000), { from: 0, to: 1 + ROWS_STEP });
  assert.deepEqual(windowAround(999, 1_000), { from: 999 - ROWS_STEP, to: 1_000 });
});

test('steps up and down keep the number of rows bounded and come to both ends', () => {
  const count = 2_000;
  let window = windowAtEnd(count, MOST);
  for (let at = 0; at < count / ROWS_STEP; at += 1) {
    window = shifted(window, 'up', count, MOST);
    assert.ok(window.to - window.from <= MOST);
  }
  assert.equal(window.from, 0);
  for (let at = 0; at < count / ROWS_STEP; at += 1) window = shifted(window, 'down', count, MOST);
  assert.equal(window.to, count);
  assert.equal(window.to - window.from, MOST);
});

test('the rows stay the same when older messages come above them', () => {
  const [before, after] = [run(951, 1_000), run(901, 1_000)];
  const window = followed({ from: 0, to: 40 }, before, after, still);
  assert.deepEqual(window && seqs(after, window), [951, 990]);
});

test('at the end new messages get rows, and as many are let go above', () => {
  const [before, after] = [run(1, 1_000), run(1, 1_001)];
  const held = { from: 1_000 - rowsAtEnd(MOST), to: 1_000 };
  const window = followed(held, before, after, { ...still, atEnd: true });
  assert.deepEqual(window, { from: 1_001 - rowsAtEnd(MOST), to: 1_001 });
});

test('at the end a thousand messages at once get no more rows than an opened conversation has', () => {
  const [before, after] = [run(1, 200), run(1, 1_200)];
  const window = followed({ from: 100, to: 200 }, before, after, { ...still, atEnd: true });
  assert.deepEqual(window, windowAtEnd(1_200, MOST));
});

test('a thousand messages at once leave whoever reads further up where they are', () => {
  const [before, after] = [run(1, 200), run(1, 1_200)];
  const anchor = before[110]?.id ?? '';
  const window = followed({ from: 100, to: 200 }, before, after, { ...still, anchor });
  assert.ok(window !== null && window.from <= 110 && window.to > 120);
  assert.ok(window.to - window.from <= MOST);
});

test('a message that waited and was numbered keeps its row', () => {
  const waiting = { ...message(null, true), id: 'own' };
  const before = [...run(1, 10), waiting];
  const after = [...run(1, 10), { ...waiting, seq: 11 }];
  const window = followed({ from: 5, to: 11 }, before, after, still);
  assert.deepEqual(window && seqs(after, window), [6, 11]);
});

test('another place of the conversation is no continuation', () => {
  assert.equal(followed({ from: 0, to: 50 }, run(951, 1_000), run(100, 150), still), null);
  assert.equal(followed({ from: 0, to: 50 }, run(100, 150), run(951, 1_000), still), null);
  assert.equal(followed({ from: 0, to: 50 }, run(100, 150), [], still), null);
  assert.equal(followed({ from: 0, to: 0 }, [], run(1, 5), still), null);
});

test('whatever comes, goes or is let go: a window lies within the messages, is bounded, and shows what was on screen', () => {
  const edge = fc.integer({ min: 1, max: 600 });
  fc.assert(
    fc.property(edge, edge, edge, edge, fc.nat(), fc.nat(), fc.boolean(), (a, b, c, d, x, y, atEnd) => {
      const before = run(Math.min(a, b), Math.max(a, b));
      const after = run(Math.min(c, d), Math.max(c, d));
      const from = x % before.length;
      const to = Math.min(before.length, from + 1 + (y % MOST));
      const seen = before[from + Math.floor((to - from) / 2)];
      const window = followed({ from, to }, before, after, {
        most: MOST,
        atEnd: atEnd && to === before.length,
        anchor: seen?.id ?? null,
      });
      if (window === null) return;
      assert.ok(window.from >= 0 && window.to <= after.length && window.from < window.to);
      assert.ok(window.to - window.from <= MOST);
      const at = after.findIndex(({ id }) => id === seen?.id);
      const follows = atEnd && to === before.length;
      if (at >= 0 && !follows) assert.ok(at >= window.from && at < window.to);
    }),
  );
});

test('messages without a number stand after all others', () => {
  const messages = [...run(5, 9), message(null, true)];
  assert.deepEqual(
    [1, 5, 7, 9, 10, 99].map((seq) => indexOfSeq(messages, seq)),
    [0, 0, 2, 4, 5, 5],
  );
});

test('the rows of a window look as they do among all rows', () => {
  const messages = run(1, 60).map((each, at) => ({ ...each, mine: at % 7 < 3 }));
  const all = rowsOf(messages, 20);
  const window = { from: 18, to: 41 };
  assert.deepEqual(rowsOf(messages, 20, window), all.slice(18, 41));
  assert.equal(
    all.findIndex(({ unread }) => unread),
    unreadLineAt(messages, 20),
  );
});
