/** Texts of exactly so many bytes, of words as people use them: a few often, most seldom. The same ones in every run. */
const SYLLABLES = 'ka lo mi ren ta su vel dor an ist ung er tion pre con ment ble sha ora quin'.split(' ');
const WORDS = 4_000;

/** A seeded source: a whole number below `bound`. */
export const seededPick = (seed: number): ((bound: number) => number) => {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % bound;
  };
};

export const makeTexts = (count: number, bytes: number): readonly string[] => {
  const pick = seededPick(11);
  const words = Array.from({ length: WORDS }, () =>
    Array.from({ length: 1 + pick(3) }, () => SYLLABLES[pick(SYLLABLES.length)]!).join(''),
  );
  const word = (): string => words[Math.floor(WORDS * (pick(10_000) / 10_000) ** 3)]!;
  return Array.from({ length: count }, () => {
    let text = word();
    while (text.length < bytes) text += ` ${word()}`;
    // Never a space at the end: some servers trim.
    return text.slice(0, bytes).replace(/ $/, 'a');
  });
};
