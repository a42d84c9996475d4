import { eachFolded, fold, foldText } from './fold.ts';
import type { FoldedText } from './fold.ts';
import { Graphemes, pointBefore } from './graphemes.ts';

type Span = [start: number, end: number];

/** The words of a search: folded, split at white space, each once. Everything else is plain text. */
export const termsOf = (q: string): string[] => [
  ...new Set(
    fold(q)
      .split(/\s+/u)
      .filter((term) => term !== ''),
  ),
];

/** Whether a text holds all terms, each from one grapheme boundary of the text to another. */
export const holdsAll = (text: string, terms: readonly string[]): boolean => {
  const folded = foldText(text);
  if (!terms.every((term) => folded.folded.includes(term))) return false;
  if (folded.isPlain) return true;
  const places = new Places(text, folded);
  return terms.every((term) => places.next(term, 0) !== null);
};

/** Where the terms stand in a text, as [start, end) in code points, ascending, joined where they overlap or touch. They cover whole
 *  graphemes. */
export const highlightsOf = (text: string, terms: readonly string[]): Span[] => {
  const places = new Places(text, foldText(text));
  const spans: Span[] = [];
  for (const term of terms) {
    for (let found = places.next(term, 0); found !== null; found = places.next(term, found.end)) {
      spans.push(found.span);
    }
  }
  return inPoints(text, joined(spans.sort((a, b) => a[0] - b[0] || a[1] - b[1])));
};

interface Found {
  /** Where the term ends in the folded text. */
  readonly end: number;
  /** The characters that hold it, in units of the text. */
  readonly span: Span;
}

/** Finds terms in one text by its folded form. */
class Places {
  readonly #text: string;
  readonly #folded: string;
  readonly #isPlain: boolean;
  readonly #graphemes: Graphemes;
  /** Per unit of the folded text: where the code point it comes from begins and ends. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(text: string, { folded, isPlain }: FoldedText) {
    this.#text = text;
    this.#folded = folded;
    this.#isPlain = isPlain;
    this.#graphemes = new Graphemes(text);
    if (isPlain) return;
    eachFolded(text, (length, start, end) => {
      for (let unit = 0; unit < length; unit += 1) {
        this.#starts.push(start);
        this.#ends.push(end);
      }
    });
  }

  /** The first place of a term from the folded unit `from` on. */
  next(term: string, from: number): Found | null {
    for (let at = this.#folded.indexOf(term, from); at >= 0; at = this.#folded.indexOf(term, at + 1)) {
      const end = at + term.length;
      if (this.#isPlain) return { end, span: [at, end] };
      const first = this.#startAt(at);
      const last = first === null ? null : this.#endAt(end);
      if (first !== null && last !== null) return { end, span: [first, last] };
    }
    return null;
  }

  /** The last boundary that comes before the folded unit `at` and after the one before it: invisible characters may stand between.
   *  What joins white space begins a word all the same. */
  #startAt(at: number): number | null {
    const start = this.#starts[at] ?? 0;
    const least = at === 0 ? 0 : (this.#ends[at - 1] ?? 0);
    for (let place = start; place >= least; place = previous(this.#text, place)) {
      if (this.#graphemes.isBoundary(place)) return place;
    }
    return isSpace(this.#folded[at - 1]) ? this.#graphemes.startOf(start) : null;
  }

  /** The first boundary after the folded unit before `at` and not after the one at it. */
  #endAt(at: number): number | null {
    const end = this.#ends[at - 1] ?? 0;
    const most = this.#starts[at] ?? this.#text.length;
    for (let place = end; place <= most; place = following(this.#text, place)) {
      if (this.#graphemes.isBoundary(place)) return place;
    }
    return isSpace(this.#folded[at]) ? this.#graphemes.endOf(most) : null;
  }
}

/** White space as it stands in a folded text. */
const isSpace = (unit: string | undefined): boolean => unit !== undefined && /^\s$/u.test(unit);

const previous = (text: string, at: number): number => at - (pointBefore(text, at) > 0xffff ? 2 : 1);
const following = (text: string, at: number): number => at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

/** `spans` in units of a text, ascending, as spans in code points. */
const inPoints = (text: string, spans: Span[]): Span[] => {
  if (!/[\ud800-\udfff]/.test(text)) return spans;
  let unit = 0;
  let points = 0;
  const pointsAt = (place: number): number => {
    for (; unit < place; unit = following(text, unit)) points += 1;
    return points;
  };
  return spans.map(([start, end]) => [pointsAt(start), pointsAt(end)]);
};

const joined = (spans: readonly Span[]): Span[] => {
  const out: Span[] = [];
  for (const [start, end] of spans) {
    const last = out.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
};
