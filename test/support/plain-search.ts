import { fold } from '../../server/storage/search/fold.ts';
import { termsOf } from '../../server/storage/search/matches.ts';

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The characters of a text as a reader sees them. */
export const graphemesOf = (text: string): string[] =>
  [...segmenter.segment(text)].map(({ segment }) => segment);

/** Whether a search has to find a text, told slowly and simply: every word of the query is folded and stands in the folded text from
 *  one grapheme to another, or next to white space. */
export const findable = (text: string): ((q: string) => boolean) => {
  const edges = new Set([0]);
  let folded = '';
  for (const grapheme of graphemesOf(text)) {
    folded += fold(grapheme);
    edges.add(folded.length);
  }
  for (let at = 0; at < folded.length; at += 1) {
    if (/\s/u.test(folded[at] ?? '')) edges.add(at).add(at + 1);
  }
  const stands = (term: string): boolean => {
    for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + 1)) {
      if (edges.has(at) && edges.has(at + term.length)) return true;
    }
    return false;
  };
  return (q) => termsOf(q).every(stands);
};
