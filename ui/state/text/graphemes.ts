/** Missing in Firefox before 125: surrogate pairs stay whole there, longer sequences do not. */
const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter(undefined, { granularity: 'grapheme' }) : null;

const inPair = (text: string, at: number): boolean =>
  /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(at - 1, at + 1));

const codePointStart = (text: string, at: number): number => (inPair(text, at) ? at - 1 : at);

/** Where the character begins, as people see characters, that holds the UTF-16 unit `at`. */
export const graphemeStart = (text: string, at: number): number => {
  if (at <= 0 || at >= text.length) return at;
  return segmenter?.segment(text).containing(at)?.index ?? codePointStart(text, at);
};

/** The beginning of a text, at most `max` UTF-16 units, without half an emoji or half a letter at its end. */
export const shortened = (text: string, max: number): string => {
  if (text.length <= max) return text;
  // A first character longer than all of it (hundreds of accents on one letter) is cut nevertheless.
  return text.slice(0, graphemeStart(text, max) || codePointStart(text, max));
};
