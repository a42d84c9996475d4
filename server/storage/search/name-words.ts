import { fold } from './fold.ts';
import { termsOf } from './matches.ts';

/** The words of a display name by which its user is found: folded, each once [U7]. */
export const nameWordsOf = (displayName: string | null): readonly string[] =>
  displayName === null ? [] : termsOf(displayName);

/** White space, and other characters that are drawn as a gap: fillers of Hangul, the blank of Braille and of notes. */
const GAPS = /[\s\u115f\u1160\u3164\uffa0\u2800\u{1d159}]/gu;
// Before folding, which makes fillers disappear, and after it, which makes white space of others.
const withoutGaps = (text: string): string => fold(text.replace(GAPS, '')).replace(GAPS, '');

/** Whether two texts look the same but for gaps, to whoever does not tell case, accents and the like apart. */
export const readsLike = (text: string, other: string): boolean => withoutGaps(text) === withoutGaps(other);
