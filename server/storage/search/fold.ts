import { isSimple } from './graphemes.ts';

/** What search compares: text with case, accents, width, invisible characters and the variants of quotes and dashes taken away.
 *  Every code point is folded on its own, by the properties that Unicode gives it; only the order of combining marks is made
 *  canonical over the whole text. A change here needs a new FOLD_VERSION. */

/** Stored in the database. An index that was built with other rules, or with another version of Unicode, is built anew. */
export const FOLD_VERSION = `2/${process.versions['unicode'] ?? ''}`;

/** What a reader does not see or does not need: default-ignorable characters (joiners, direction marks, variation selectors,
 *  soft hyphen), the tatweel that only stretches a word, and lone surrogates, which no valid text holds. */
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\u0640\p{Cs}]$/u;

/** Accents of Latin, Greek and Cyrillic and the points of Hebrew, Arabic and Syriac. The vowel signs of Thai or Devanagari and
 *  the dakuten of kana make another letter, and stay. */
const MARK = /^[\p{Mn}\p{Me}]$/u;
const ACCENTED_SCRIPT =
  /^[\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Hebrew}\p{scx=Arabic}\p{scx=Syriac}\p{scx=Inherited}]$/u;
/** Makes an emoji of a digit. */
const KEYCAP = '\u20e3';

/** Written as a flag by the tags that follow, which are invisible anywhere else. */
const TAGGED_FLAG = 0x1f3f4;
const isTag = (point: number): boolean => point >= 0xe0020 && point <= 0xe007f;

const DASH = /^\p{Dash}$/u;
const spread = (characters: string, folded: string): [string, string][] =>
  [...characters].map((character) => [character, folded]);

/** What Unicode's decompositions do not say. */
const REPLACED = new Map<string, string>([
  ...spread(
    '\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u055a\u05f3\u1fbd\u1fbf',
    "'",
  ),
  ...spread(
    '\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u02ba\u02ee\u05f4\u2e42\u301d\u301e\u301f',
    '"',
  ),
  // Wave dashes: Japanese keyboards write one or the other for a tilde. The wavy dash is an emoji.
  ...spread('\u2053\u301c', '~'),
  ['\u3030', '\u3030'],
  ['\u2044', '/'],
  // The Greek iota below a letter: its capital is a letter of its own.
  ['\u0345', 'ι'],
  // Letters with a stroke have no decomposition.
  ...Object.entries({ ø: 'o', ł: 'l', đ: 'd', ħ: 'h', ŧ: 't', ƶ: 'z', æ: 'ae', œ: 'oe' }),
]);

/** ß becomes ss, a final sigma a sigma, a dotless i an i. Down first: the capital ẞ has no other way to SS. */
const foldCase = (text: string): string => text.toLowerCase().toUpperCase().toLowerCase();

/** `point` is one code point in canonical decomposition. */
const foldDecomposed = (point: string): string => {
  const replaced = REPLACED.get(point);
  if (replaced !== undefined) return replaced;
  if (INVISIBLE.test(point) && !isTag(point.codePointAt(0) ?? 0)) return '';
  if (MARK.test(point) && ACCENTED_SCRIPT.test(point) && point !== KEYCAP) return '';
  if (DASH.test(point)) return '-';
  const parts = point.normalize('NFKD');
  if (parts !== point && /\S/u.test(point)) {
    // A free-standing accent comes apart into a space and a mark: it stays itself. Other spaces are inside a ligature of words.
    return /^\s/u.test(parts) ? point : parts.replace(/\s/gu, '');
  }
  return [...parts].map(foldCase).join('');
};

/** Until nothing changes: what one rule makes may be a matter for another. */
const foldPoint = (point: string): string => {
  const folded = [...point.normalize('NFD')].map(foldDecomposed).join('');
  return folded === point ? folded : [...folded].map(foldPoint).join('');
};

interface FoldedPoint {
  readonly folded: string;
  /** Folded to as many units as it had, and no neighbour can join it to one grapheme. */
  readonly isPlain: boolean;
}

const REMEMBERED = 20_000;
const remembered = new Map<number, FoldedPoint>();
/** Folded units of plain characters that are one unit before and after; 0 where `remembered` has to be asked. */
const plainUnits = new Uint16Array(0x10000);

const lookUp = (point: number): FoldedPoint => {
  const known = remembered.get(point);
  if (known !== undefined) return known;
  const character = String.fromCodePoint(point);
  const folded = foldPoint(character);
  const isPlain = folded.length === character.length && isSimple(point);
  if (isPlain && folded.length === 1) plainUnits[point] = folded.charCodeAt(0);
  const made = { folded, isPlain };
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(point, made);
  return made;
};

/** A text as search compares it. */
export interface FoldedText {
  readonly folded: string;
  /** The units of `folded` and of the text correspond one to one, and there is a grapheme boundary between any two characters. */
  readonly isPlain: boolean;
}

const ASCII = /^[\0-\x7f]*$/;
/** Units that one code point folds to, at most: the longest ligature has 15. */
export const FOLDED_UNITS_MAX = 32;
/** The folded text while it is made; grows to the longest text there is. */
let units = new Uint16Array(1 << 12);

export const foldText = (text: string): FoldedText => {
  if (ASCII.test(text)) return { folded: text.toLowerCase(), isPlain: true };
  let used = 0;
  let isPlain = true;
  let inFlag = false;
  for (let at = 0; at < text.length;) {
    if (used + FOLDED_UNITS_MAX > units.length) grow();
    const unit = plainUnits[text.charCodeAt(at)] ?? 0;
    if (unit !== 0) {
      units[used] = unit;
      used += 1;
      at += 1;
      inFlag = false;
      continue;
    }
    const point = text.codePointAt(at) ?? 0;
    const made = lookUp(point);
    if (!isTag(point) || inFlag) {
      for (let next = 0; next < made.folded.length; next += 1)
        units[used + next] = made.folded.charCodeAt(next);
      used += made.folded.length;
    }
    isPlain &&= made.isPlain;
    inFlag = point === TAGGED_FLAG || (inFlag && isTag(point));
    at += point > 0xffff ? 2 : 1;
  }
  const folded = Buffer.from(units.buffer, 0, 2 * used).toString('utf16le');
  // Everything is decomposed, so all that is left to do is to put marks that stay into one order.
  return { folded: isPlain ? folded : folded.normalize('NFD'), isPlain };
};

const grow = (): void => {
  const larger = new Uint16Array(2 * units.length);
  larger.set(units);
  units = larger;
};

export const fold = (text: string): string => foldText(text).folded;

/** For each code point of a text, in order: to how many units it folds, and where in the text it begins and ends, in units. */
export const eachFolded = (
  text: string,
  visit: (length: number, start: number, end: number) => void,
): void => {
  let inFlag = false;
  for (let at = 0; at < text.length;) {
    const point = text.codePointAt(at) ?? 0;
    const end = at + (point > 0xffff ? 2 : 1);
    visit(isTag(point) && !inFlag ? 0 : lookUp(point).folded.length, at, end);
    inFlag = point === TAGGED_FLAG || (inFlag && isTag(point));
    at = end;
  }
};
