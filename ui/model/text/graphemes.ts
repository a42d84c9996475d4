/** Missing in Firefox before 125. There surrogate pairs stay whole, but longer sequences may be cut. */
const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : null;

const inPair = (text: string, at: number): boolean =>
  /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(at - 1, at + 1));

const codePointStart = (text: string, at: number): number => (inPair(text, at) ? at - 1 : at);

/** Returns where the user-perceived character that contains UTF-16 unit `at` begins. */
export const graphemeStart = (text: string, at: number): number => {
  if (at <= 0 || at >= text.length) return at;
  return segmenter?.segment(text).containing(at)?.index ?? codePointStart(text, at);
};

/** The beginning of a text, at most `max` UTF-16 units long. Never ends in the middle of a user-perceived character. */
export const shortened = (text: string, max: number): string => {
  if (text.length <= max) return text;
  // A first character that is longer than `max`, such as a letter with hundreds of accents, is cut nevertheless.
  return text.slice(0, graphemeStart(text, max) || codePointStart(text, max));
};
