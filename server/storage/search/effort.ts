/** Messages that one call of a search looks at, however few of them are hits; a long one counts as several. [P9] */
export const SEARCHED_MAX = 1_024;
/** What cutting a chunk's postings costs, in messages looked at. */
export const CHUNK_COST = 4;
/** UTF-16 units, times words, for which a message counts once more: comparing takes as long as the text, for each word. */
const LONG = 128;

/** What comparing a text with all terms costs, in messages looked at. */
export const comparingCost = (text: string, terms: readonly string[]): number =>
  1 + Math.floor((text.length * terms.length) / LONG);
