/** Runs of one, two and three UTF-16 units of folded text, as small integers. Runs of two and three share 32,768 numbers each, which
 *  bounds the index for any text; a search checks every hit against the text itself, so sharing costs time and never
 *  a wrong answer. */

const PAIRS = 65_536;
const TRIPLES = PAIRS + 32_768;
/** Above all grams: the rows that one user sent or received. */
const USERS = TRIPLES + 32_768;
export const GRAMS = USERS;

export const userGram = (user: number): number => USERS + user;

const pairGram = (a: number, b: number): number =>
  PAIRS + ((Math.imul(Math.imul(a, 0x9e3779b1) ^ b, 0x85ebca6b) >>> 17) & 32_767);
const tripleGram = (a: number, b: number, c: number): number =>
  TRIPLES +
  ((Math.imul(Math.imul(Math.imul(a, 0x9e3779b1) ^ b, 0x85ebca6b) ^ c, 0xc2b2ae35) >>> 17) & 32_767);

/** From here on (CJK, Hangul, emoji) two units say as much as three do in an alphabet: no triples. */
const DENSE = 0x2e80;

/** White space as `\s` has it. */
const isSpace = (unit: number): boolean =>
  unit === 32 ||
  (unit >= 9 && unit <= 13) ||
  unit === 0xa0 ||
  unit === 0x1680 ||
  (unit >= 0x2000 && unit <= 0x200a) ||
  unit === 0x2028 ||
  unit === 0x2029 ||
  unit === 0x202f ||
  unit === 0x205f ||
  unit === 0x3000 ||
  unit === 0xfeff;

/** Every gram of a folded text, with repeats. No gram spans white space: no term does. */
export const eachGram = (folded: string, visit: (gram: number) => void): void => {
  let a = -1;
  let b = -1;
  for (let at = 0; at < folded.length; at += 1) {
    const c = folded.charCodeAt(at);
    if (isSpace(c)) {
      a = -1;
      b = -1;
      continue;
    }
    visit(c);
    if (b >= 0) {
      visit(pairGram(b, c));
      if (a >= 0 && a < DENSE && b < DENSE && c < DENSE) visit(tripleGram(a, b, c));
    }
    a = b;
    b = c;
  }
};

/** Grams that every text with this term has, the most telling ones, at most `limit`. */
const gramsOfTerm = (term: string, limit: number): number[] => {
  const triples = new Set<number>();
  const pairs = new Set<number>();
  const singles = new Set<number>();
  for (let at = 0; at < term.length; at += 1) {
    const [a, b, c] = [term.charCodeAt(at), term.charCodeAt(at + 1), term.charCodeAt(at + 2)];
    if (at + 2 < term.length && a < DENSE && b < DENSE && c < DENSE) triples.add(tripleGram(a, b, c));
    else if (at + 1 < term.length) pairs.add(pairGram(a, b));
    if (term.length === 1 || a >= DENSE) singles.add(a);
  }
  return [...spread([...triples], limit), ...spread([...pairs], limit), ...spread([...singles], limit)].slice(
    0,
    limit,
  );
};

/** Index entries looked at per chunk: beyond these, checking the few candidates is cheaper. */
const GRAMS_MAX = 12;
const GRAMS_PER_TERM_MIN = 2;

/** Grams that every text with all of these terms has. */
export const gramsOfTerms = (terms: readonly string[]): number[] => {
  const perTerm = Math.max(GRAMS_PER_TERM_MIN, Math.floor(GRAMS_MAX / terms.length));
  const longestFirst = [...terms].sort((a, b) => b.length - a.length);
  return [...new Set(longestFirst.flatMap((term) => gramsOfTerm(term, perTerm)))].slice(0, GRAMS_MAX);
};

const spread = (grams: readonly number[], limit: number): readonly number[] => {
  if (grams.length <= limit) return grams;
  return Array.from({ length: limit }, (_, at) => grams[Math.floor((at * grams.length) / limit)] ?? 0);
};
