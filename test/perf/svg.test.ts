import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plot } from '../../perf/report/model.ts';
import { decades, renderPlot, scale } from '../../perf/report/svg.ts';

const plot: Plot = {
  name: 'a-plot',
  title: 'Cost & "growth" <of> it',
  x: 'pairs',
  y: 'µs',
  across: 'log',
  series: [
    { name: 'Parley', points: [[10, 5], [100, 6], [1_000, 7]] }, // prettier-ignore
    { name: '(a)', points: [[10, 2], [1_000, 2.5]] }, // prettier-ignore
  ],
};

test('powers of ten enclose all values', () => {
  assert.deepEqual(decades([3, 400]), [0, 3]);
  assert.deepEqual(decades([10, 1_000]), [1, 3]);
  assert.deepEqual(decades([0.02, 0.05]), [-2, -1]);
  assert.deepEqual(decades([10]), [1, 2], 'never a scale without length');
  assert.deepEqual(decades([0, 10]), [0, 1]);
});

test('a tenfold value lies one step further', () => {
  assert.equal(scale(10, [0, 2], [0, 100]), 50);
  assert.equal(scale(1, [0, 2], [100, 0]), 100);
  assert.ok(Math.abs(scale(31.6227766, [0, 2], [0, 100]) - 75) < 1e-6);
});

test('each point is marked once, on its line, within the frame', () => {
  const svg = renderPlot(plot);
  assert.equal(svg.match(/<circle /g)?.length, 3);
  assert.equal(svg.match(/<polyline /g)?.length, 2);
  for (const [, x = '', y = ''] of svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)) {
    assert.ok(Number(x) >= 72 && Number(x) <= 490 && Number(y) >= 40 && Number(y) <= 312, `${x} ${y}`);
    assert.ok(svg.includes(`${x},${y}`), 'the line goes through its mark');
  }
});

test('texts are escaped, so that the file stays XML', () => {
  const svg = renderPlot(plot);
  assert.ok(svg.includes('Cost &amp; &quot;growth&quot; &lt;of&gt; it'));
  assert.doesNotMatch(svg, /&(?!amp;|lt;|gt;|quot;)/);
});

test('steps lie evenly, zero included', () => {
  const points = [[0, 5], [1, 6], [2, 7], [4, 8]] as const; // prettier-ignore
  const svg = renderPlot({ ...plot, across: 'steps', series: [{ name: 'pinned', points }] });
  const xs = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map(([, x]) => Number(x));
  const gaps = xs.slice(1).map((x, i) => Math.round(x - xs[i]!));
  assert.equal(new Set(gaps).size, 1, String(gaps));
});
