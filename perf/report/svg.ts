import type { Plot } from './model.ts';
import { shown } from './numbers.ts';

/** Plots with a logarithmic y axis, as text: small enough to read, so no library. Pure. */

const WIDTH = 640;
const HEIGHT = 360;
const EDGE = { left: 72, right: 150, top: 40, bottom: 48 };
/** Told apart without colours, too: each series has its own mark. */
const INKS = ['#1f6feb', '#bf3989', '#1a7f37', '#9a6700', '#6e7781'];

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? '&quot;');

/** The powers of ten around all values: lowest and highest exponent, at least one apart. Zero and less have no logarithm
 *  and count as 1. */
export const decades = (values: readonly number[]): readonly [low: number, high: number] => {
  const logs = values.map((value) => Math.log10(value > 0 ? value : 1));
  const low = Math.floor(Math.min(...logs) + 1e-9);
  const high = Math.ceil(Math.max(...logs) - 1e-9);
  return [low, Math.max(high, low + 1)];
};

/** A value's place between two pixels, by its logarithm. */
export const scale = (
  value: number,
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
): number => from + ((Math.log10(value > 0 ? value : 1) - low) / (high - low)) * (to - from);

const range = (low: number, high: number): readonly number[] =>
  Array.from({ length: high - low + 1 }, (_, i) => low + i);

const mark = (series: number, x: number, y: number): string =>
  series % 2 === 0
    ? `<circle cx="${x}" cy="${y}" r="4"/>`
    : `<rect x="${x - 4}" y="${y - 4}" width="8" height="8"/>`;

const place = (value: number): number => Math.round(value * 10) / 10;

interface Axis {
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
}

const xAxis = (values: readonly number[], across: Plot['across'], ends: readonly [number, number]): Axis => {
  const ticks = [...new Set(values)].sort((a, b) => a - b);
  if (across === 'log') {
    const powers = decades(values);
    return {
      ticks: range(...powers).map((power) => 10 ** power),
      at: (value) => place(scale(value, powers, ends)),
    };
  }
  const step = (ends[1] - ends[0]) / Math.max(1, ticks.length - 1);
  return { ticks, at: (value) => place(ends[0] + ticks.indexOf(value) * step) };
};

export const renderPlot = ({ title, x, y, across, series }: Plot): string => {
  const points = series.flatMap((each) => each.points);
  const up = decades(points.map(([, value]) => value));
  const [right, bottom] = [WIDTH - EDGE.right, HEIGHT - EDGE.bottom];
  const { ticks, at: toX } = xAxis(
    points.map(([at]) => at),
    across,
    [EDGE.left, right],
  );
  const toY = (value: number): number => place(scale(value, up, [bottom, EDGE.top]));

  const grid = [
    ...ticks.map(
      (tick) =>
        `<path d="M${toX(tick)} ${EDGE.top}V${bottom}"/><text x="${toX(tick)}" y="${bottom + 18}" text-anchor="middle">${shown(tick)}</text>`,
    ),
    ...range(...up).map(
      (power) =>
        `<path d="M${EDGE.left} ${toY(10 ** power)}H${right}"/><text x="${EDGE.left - 8}" y="${toY(10 ** power) + 4}" text-anchor="end">${shown(10 ** power)}</text>`,
    ),
  ];
  const lines = series.map(({ name, points: each }, i) => {
    const placed = each.map(([at, value]) => [toX(at), toY(value)] as const);
    const [, lastY = EDGE.top] = placed.at(-1) ?? [];
    return [
      `<g stroke="${INKS[i % INKS.length] ?? ''}" fill="${INKS[i % INKS.length] ?? ''}">`,
      `<polyline fill="none" stroke-width="2" points="${placed.map((pair) => pair.join(',')).join(' ')}"/>`,
      ...placed.map(([px, py]) => mark(i, px, py)),
      `<text stroke="none" x="${right + 10}" y="${lastY + 4}">${escape(name)}</text></g>`,
    ].join('');
  });

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img" aria-label="${escape(title)}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${EDGE.left}" y="22" font-size="14">${escape(title)}</text>`,
    `<g stroke="#d0d7de" fill="#57606a"><g stroke-width="1">${grid.join('').replaceAll('<text', '<text stroke="none"')}</g></g>`,
    `<text x="${(EDGE.left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle" fill="#57606a">${escape(x)}</text>`,
    `<text transform="translate(16 ${(EDGE.top + bottom) / 2}) rotate(-90)" text-anchor="middle" fill="#57606a">${escape(y)}</text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
};
