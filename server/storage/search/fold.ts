/** What search compares: texts with case, accents and width taken away, one code point at a time, so that a place in the folded
 *  text leads back to a place in the original. A change here needs a new FOLD_VERSION. */

/** Written into the database: an index made by other folding rules, or by another Unicode, is built anew. */
export const FOLD_VERSION = `1/${process.versions['unicode'] ?? ''}`;

/** Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, and the selectors behind emoji. Vowel signs of Thai or
 *  Devanagari are letters to their readers and stay. */
const MARKS =
  /[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/g;

/** Letters with a stroke have no decomposition in Unicode. */
const STROKES: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', đ: 'd', ħ: 'h', æ: 'ae', œ: 'oe' };

const ASCII = /^[\0-\x7f]*$/;
const REMEMBERED = 20_000;
const remembered = new Map<string, string>();

const foldPoint = (point: string): string => {
  const known = remembered.get(point);
  if (known !== undefined) return known;
  // Up and down again: ß becomes ss, a final sigma a sigma, a dotless i an i.
  const lower = point.normalize('NFKD').replace(MARKS, '').toUpperCase().toLowerCase();
  // A free-standing accent comes apart into a space and a mark: it stays itself, white space it is not.
  const folded = lower !== '' && /^\s/u.test(lower) && /\S/u.test(point) ? point : (STROKES[lower] ?? lower);
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(point, folded);
  return folded;
};

export const fold = (text: string): string => {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = '';
  for (const point of text) folded += foldPoint(point);
  return folded;
};

/** The words of a search: split at white space, folded, each once. Everything else is plain text. */
export const termsOf = (q: string): string[] => [
  ...new Set(
    fold(q)
      .split(/\s+/u)
      .filter((term) => term !== ''),
  ),
];

/** Where the terms stand in a text, as [start, end) in code points, ascending, joined where they overlap or touch. A mark
 *  that follows belongs to its letter. */
export const highlightsOf = (text: string, terms: readonly string[]): [number, number][] => {
  const points = [...text].map(foldPoint);
  const pointAt: number[] = [];
  points.forEach((folded, index) => {
    pointAt.push(...new Array<number>(folded.length).fill(index));
  });
  const whole = points.join('');
  const hits = terms.flatMap((term) =>
    placesOf(whole, term).map((at) => spanOf(points, pointAt, at, term.length)),
  );
  return joined(hits.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
};

const placesOf = (whole: string, term: string): number[] => {
  const places: number[] = [];
  for (let at = whole.indexOf(term); at >= 0; at = whole.indexOf(term, at + term.length)) places.push(at);
  return places;
};

const spanOf = (
  points: readonly string[],
  pointAt: readonly number[],
  at: number,
  length: number,
): [number, number] => {
  let end = (pointAt[at + length - 1] ?? 0) + 1;
  while (end < points.length && points[end] === '') end += 1;
  return [pointAt[at] ?? 0, end];
};

const joined = (spans: readonly [number, number][]): [number, number][] => {
  const out: [number, number][] = [];
  for (const [start, end] of spans) {
    const last = out.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
};
