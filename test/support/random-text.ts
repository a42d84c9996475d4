import { RandomSource } from './random-source.ts';

type Range = readonly [low: number, high: number];

/** What texts are made of that go wrong somewhere. */
const RANGES: readonly Range[] = [
  [0x20, 0x7e],
  [0x01, 0x1f],
  [0x7f, 0xff],
  [0x300, 0x36f], // marks that stack
  [0x590, 0x6ff], // right to left
  [0x900, 0x97f],
  [0x1100, 0x11ff], // parts of Hangul
  [0x200b, 0x200f], // no width
  [0x202a, 0x202e], // directions
  [0x2028, 0x2029], // line ends of scripts
  [0x2066, 0x2069],
  [0x4e00, 0x4fff],
  [0xac00, 0xad00],
  [0xe000, 0xe0ff], // private
  [0xfb1d, 0xfdff],
  [0xfe00, 0xfe0f], // variants
  [0xfeff, 0xfeff],
  [0xff00, 0xffff],
  [0x1d100, 0x1d1ff],
  [0x1f300, 0x1f6ff],
  [0x1f3fb, 0x1f3ff],
  [0xe0000, 0xe007f], // tags
  [0x10fffe, 0x10ffff],
];
const WHOLE = [
  '\r\n',
  '\\',
  '"',
  '</script>',
  '${x}',
  '{{x}}',
  '%s',
  "'; --",
  'a'.repeat(70),
  '👨‍👩‍👧‍👦',
  '🏳️‍🌈',
  'é',
  'e\u0301',
  '\u{1f1e9}\u{1f1ea}',
  'ﷺ',
  'ß',
  'İ',
  'ǅ',
];

/** A well-formed text of one to `most` pieces, without NUL. */
export const randomText = (random: RandomSource, most: number): string => {
  let text = '';
  for (let left = random.between(1, most); left > 0; left -= 1) {
    if (random.chance(0.1)) text += random.pick(WHOLE);
    else text += String.fromCodePoint(random.between(...random.pick(RANGES)));
  }
  return text;
};

/** Messages of nearly the greatest length that compress badly: 10 KB each. Always the same ones. */
export const denseTexts = (count: number): readonly string[] => {
  const random = new RandomSource(7);
  return Array.from({ length: count }, () =>
    Array.from({ length: 4_900 }, () => String.fromCodePoint(random.between(0x4e00, 0x9f00))).join(''),
  );
};
