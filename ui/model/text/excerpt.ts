import { graphemeStart } from './graphemes.ts';

export interface Stretch {
  readonly text: string;
  readonly hit: boolean;
}

/** Splits a text at highlights, which are ranges of code points `[start, end)` [F5]. */
export const stretches = (
  text: string,
  highlights: readonly (readonly [number, number])[],
): readonly Stretch[] => {
  const points = [...text];
  const cut: Stretch[] = [];
  let from = 0;
  const add = (start: number, end: number, hit: boolean): void => {
    if (end > start) cut.push({ text: points.slice(start, end).join(''), hit });
  };
  for (const [start, end] of [...highlights].sort((a, b) => a[0] - b[0])) {
    const begin = Math.max(start, from);
    if (end <= begin) continue;
    add(from, begin, false);
    add(begin, end, true);
    from = end;
  }
  add(from, points.length, false);
  return cut;
};

const BEFORE = 24;

/** Returns the code point at which the character that contains code point `at` begins, so that an excerpt never shows
 *  half a flag. */
const wholeFrom = (points: readonly string[], at: number): number => {
  if (at <= 0 || at >= points.length) return at;
  const unit = points.slice(0, at).join('').length;
  const start = graphemeStart(points.join(''), unit);
  let from = at;
  for (let left = unit; left > start; left -= points[from]?.length ?? 1) from -= 1;
  return from;
};

/** Cuts a long text to the part around its first highlight, and shifts the highlights accordingly. */
export const excerpt = (
  text: string,
  highlights: readonly (readonly [number, number])[],
  length = 160,
): readonly Stretch[] => {
  const points = [...text];
  const first = Math.min(points.length, ...highlights.map(([start]) => start));
  const start = points.length <= length || first < BEFORE * 2 ? 0 : wholeFrom(points, first - BEFORE);
  const end = wholeFrom(points, Math.min(points.length, start + length));
  const moved = highlights.map(([a, b]): [number, number] => [
    Math.max(0, a - start),
    Math.max(0, Math.min(b, end) - start),
  ]);
  const cut = [...stretches(points.slice(start, end).join(''), moved)];
  if (start > 0) cut.unshift({ text: '…', hit: false });
  if (end < points.length) cut.push({ text: '…', hit: false });
  return cut;
};
