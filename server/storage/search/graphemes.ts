/** Where the characters of a text begin and end as a reader sees them: Unicode's extended grapheme clusters. `Intl.Segmenter` knows,
 *  and takes more than a microsecond for each answer, so it is asked only where neighbours can join at all. */

export const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Joins what stands before it, unless that is a control character. */
const EXTENDING = /^[\p{Grapheme_Extend}\p{Emoji_Modifier}\u200d]$/u;
/** May join a neighbour: marks, halves of flags, format characters, single Hangul letters, the vowel signs of Thai and Lao that count
 *  as letters, and letters of Indian scripts that join the next one, most of which are above U+11000. */
const JOINING =
  /^[\p{M}\p{Regional_Indicator}\p{Cf}\p{Cs}\p{Cn}\r\u0e33\u0eb3\u0d4e\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\u{11000}-\u{11fff}\u{16d40}-\u{16d7f}]$/u;
/** Letters that begin a character after any mark: not those of India and its neighbours, which a virama joins, nor emoji, which a
 *  joiner does. */
const UNJOINED =
  /^(?!\p{Extended_Pictographic})[\p{sc=Common}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Armenian}\p{sc=Georgian}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Thai}\p{sc=Lao}\p{sc=Ethiopic}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]$/u;
const CONTROL = /^[\p{C}\p{Zl}\p{Zp}]$/u;

const SIMPLE = 1;
const FREE = 2;
const EXTENDS = 3;
const OTHER = 4;
/** What the code points of the first plane are; 0 is not looked up yet. */
const kinds = new Uint8Array(0x10000);

const kindOf = (point: number): number => {
  const known = kinds[point] ?? 0;
  if (known !== 0) return known;
  const kind = classify(String.fromCodePoint(point));
  if (point < kinds.length) kinds[point] = kind;
  return kind;
};

const classify = (character: string): number => {
  if (EXTENDING.test(character)) return EXTENDS;
  if (JOINING.test(character)) return OTHER;
  return UNJOINED.test(character) ? FREE : SIMPLE;
};

/** Between two of these there is always a boundary. */
export const isSimple = (point: number): boolean => kindOf(point) <= FREE;

const isFlagHalf = (point: number): boolean => point >= 0x1f1e6 && point <= 0x1f1ff;
const FLAG_HALF_UNITS = 2;

/** The boundaries of one text. Places are UTF-16 units. */
export class Graphemes {
  readonly #text: string;
  #segments: Intl.Segments | undefined;
  #last: Intl.SegmentData | undefined;
  /** The row of halves of flags that was looked at last. */
  #flags: readonly [start: number, end: number] = [0, 0];

  constructor(text: string) {
    this.#text = text;
  }

  isBoundary(at: number): boolean {
    const text = this.#text;
    if (at <= 0 || at >= text.length) return true;
    const [before, after] = [pointBefore(text, at), text.codePointAt(at) ?? 0];
    const kind = kindOf(after);
    const kindBefore = kindOf(before);
    if (kind <= FREE && kindBefore <= (kind === FREE ? EXTENDS : FREE)) return true;
    if (isFlagHalf(after) && isFlagHalf(before)) return this.#isBetweenFlags(at);
    if (kind === EXTENDS && !CONTROL.test(String.fromCodePoint(before))) return false;
    return this.startOf(at) === at;
  }

  /** Halves are counted from the first of their row, once for a row: the segmenter would do it at every place. */
  #isBetweenFlags(at: number): boolean {
    if (at <= this.#flags[0] || at >= this.#flags[1]) this.#flags = this.#flagsAround(at);
    return ((at - this.#flags[0]) / FLAG_HALF_UNITS) % 2 === 0;
  }

  #flagsAround(at: number): readonly [start: number, end: number] {
    let start = at;
    while (start > 0 && isFlagHalf(pointBefore(this.#text, start))) start -= FLAG_HALF_UNITS;
    let end = at;
    while (isFlagHalf(this.#text.codePointAt(end) ?? 0)) end += FLAG_HALF_UNITS;
    return [start, end];
  }

  /** Where the character that holds the unit `at` begins, and where it ends. */
  startOf(at: number): number {
    return this.#around(at)?.index ?? at;
  }

  endOf(at: number): number {
    const around = this.#around(at);
    return around === undefined ? at : around.index + around.segment.length;
  }

  /** The segmenter takes as long as the character is, and a character may be as long as its text: the last answer is kept for all
   *  places within it. */
  #around(at: number): Intl.SegmentData | undefined {
    const last = this.#last;
    if (last !== undefined && at >= last.index && at < last.index + last.segment.length) return last;
    this.#segments ??= segmenter.segment(this.#text);
    this.#last = this.#segments.containing(at);
    return this.#last;
  }
}

/** The code point that ends before the unit `at`. */
export const pointBefore = (text: string, at: number): number => {
  const point = text.codePointAt(at - 2) ?? 0;
  return point > 0xffff ? point : text.charCodeAt(at - 1);
};
