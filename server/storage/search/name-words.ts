import { fold } from './fold.ts';
import { segmenter } from './graphemes.ts';
import { termsOf } from './matches.ts';

const SEPARATES = /^[\p{P}\p{S}]/u;
const BEGINS = /^[\p{L}\p{N}]/u;
/** Scripts that put no space between a family name and a given name. */
const UNSPACED = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

/** A run without white space, from each place on where a reader sees a name begin: Huber in Müller-Huber, 小龍 in 李小龍. */
const fromEachName = (run: string): readonly string[] => {
  const characters = [...segmenter.segment(run)];
  return characters.flatMap(({ segment, index }, at) => {
    const before = characters[at - 1]?.segment;
    const isBegun =
      before === undefined ||
      (SEPARATES.test(before) && BEGINS.test(segment)) ||
      (UNSPACED.test(before) && UNSPACED.test(segment));
    return isBegun ? run.slice(index) : [];
  });
};

/** The words of a display name by which its user is found: folded, each once [U7]. */
export const nameWordsOf = (displayName: string | null): readonly string[] => [
  ...new Set((displayName ?? '').split(/\s+/u).flatMap(fromEachName).flatMap(termsOf)),
];

/** White space, and other characters that are drawn as a gap: fillers of Hangul, the blank of Braille and of notes. */
const GAPS = /[\s\u115f\u1160\u3164\uffa0\u2800\u{1d159}]/gu;
// Before folding, which makes fillers disappear, and after it, which makes white space of others.
const withoutGaps = (text: string): string => fold(text.replace(GAPS, '')).replace(GAPS, '');

/** Whether two texts look the same but for gaps, to whoever does not tell case, accents and the like apart. */
export const readsLike = (text: string, other: string): boolean => withoutGaps(text) === withoutGaps(other);
