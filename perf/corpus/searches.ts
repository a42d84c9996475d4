import type { Corpus } from './corpus.ts';

/** What people look for, and what a stranger would to make the server sweat. */
export const SEARCHES: readonly (readonly [name: string, q: (corpus: Corpus) => string])[] = [
  ['a common word', (corpus) => corpus.commonWord()],
  ['a rare word', (corpus) => corpus.seldomWord()],
  ['two words', (corpus) => `${corpus.word()} ${corpus.word()}`],
  ['two characters', (corpus) => corpus.syllable().slice(0, 2)],
  ['one Chinese character', (corpus) => corpus.han()],
  ['two Chinese characters', (corpus) => corpus.han() + corpus.han()],
  ['no match', (corpus) => `${corpus.syllable()}zx${corpus.pick(100)}`],
  [
    'common parts, but no hit',
    (corpus) => `${corpus.syllable()}${corpus.word()}${corpus.word()}${corpus.syllable()}`,
  ],
];

/** Whose messages are searched: one of the two who write most, and any of the others. */
export const VIEWERS = ['heavy', 'anybody'] as const;
