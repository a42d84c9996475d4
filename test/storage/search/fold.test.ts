import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fold, FOLDED_UNITS_MAX } from '../../../server/storage/search/fold.ts';
import { isSample, scaled } from '../../support/scale.ts';

const SURROGATES = [0xd800, 0xdfff] as const;

/** In the sample one in 64 of the planes that hold only ideographs, nothing, or what is for private use. */
const stepAt = (point: number): number => (isSample && ![0x0, 0x1, 0xe].includes(point >> 16) ? 64 : 1);

/** Every code point that may stand in a text: each Unicode scalar value. */
const everyCharacter = (visit: (character: string) => void): void => {
  for (let point = 0; point <= 0x10ffff; point += stepAt(point)) {
    if (point < SURROGATES[0] || point > SURROGATES[1]) visit(String.fromCodePoint(point));
  }
};

const named = (text: string): string =>
  [...text].map((point) => `U+${(point.codePointAt(0) ?? 0).toString(16).toUpperCase()}`).join(' ');

/** All characters for which the rule does not hold, by code point. */
const exceptionsTo = (holds: (character: string) => boolean): string[] => {
  const exceptions: string[] = [];
  everyCharacter((character) => {
    if (!holds(character)) exceptions.push(named(character));
  });
  return exceptions;
};

/** Folded to the same: each group is written in different ways by different keyboards and programs. */
const SAME: readonly (readonly string[])[] = [
  ['STRASSE', 'STRA\u1e9eE', 'straße', 'strasse', 'Stra\u00adße'],
  ['ΟΔΟΣ', 'οδος', 'οδοσ', 'ὁδός'],
  ['café', 'cafe\u0301', 'CAFÉ', 'ｃａｆｅ', 'ca\u200bfe', 'caf\u2060e', '\ufeffcafe', 'ca\u200d\u200cfe'],
  ['İstanbul', 'istanbul', 'ISTANBUL', 'ıstanbul'],
  ['Ёлка', 'елка', 'Е\u0308лка'],
  ['Łódź', 'lodz'],
  ['τῷ', 'τωι', 'ΤΩΙ'],
  ['محمد', 'مُحَمَّد', 'محـــمد', '\u202bمحمد\u202c', '\u200fمحمد', 'محم\u061cد'],
  ['می\u200cخواهم', 'میخواهم'],
  ['שלום', 'שָׁלוֹם', 'ש\u05b8\u05c1לוֹם'],
  ['กุ่', 'ก\u0e48\u0e38', 'ก\u0e38\u0e48'],
  ['क्\u200dष', 'क्ष', 'क्\u200cष'],
  ['क़', 'क\u093c'],
  ['각', '\u1100\u1161\u11a8'],
  ['が', 'か\u3099'],
  ['ｶﾞ', 'ガ', 'カ\u3099'],
  ['❤', '❤\ufe0f', '❤\ufe0e'],
  ["don't", 'don\u2019t', 'don\u2018t', 'don\u02bct', 'don\u2032t', 'don\u00b4t', 'don\uff07t', 'DON\u201bT'],
  ['"so"', '“so”', '„so“', '«so»', '»so«', '\u201fso\u201d', '″so″', '＂so＂'],
  ...[...'\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u05be\u207b\u2e3a'].map((dash) => [
    `a${dash}b`,
    'a-b',
  ]),
  ['wait…', 'wait...'],
  ['½', '1/2'],
  ['～', '〜', '~'],
  ['a\u00a0b', 'a b', 'a\u3000b', 'a\u2009b'],
];

/** Not the same, though one might come from the other by leaving something out. */
const DIFFERENT: readonly (readonly [string, string])[] = [
  ['か', 'が'],
  ['は', 'ぱ'],
  ['가', '각'],
  ['ดี', 'ด'],
  ['की', 'क'],
  ['1\ufe0f\u20e3', '1'],
  ['👍🏽', '👍'],
  ['🇩🇪', '🇩'],
  ['🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', '🏴'],
  [
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
  ],
  ["'", '"'],
  ['`', "'"],
  ['_', '-'],
];

describe('folding', () => {
  test('[F2] composed, decomposed, upper and lower case of every character fold to the same', () => {
    const forms = (character: string): string[] => [
      character.normalize('NFD'),
      character.normalize('NFC'),
      character.toUpperCase(),
      character.toLowerCase(),
    ];
    assert.deepEqual(
      exceptionsTo((character) => {
        const folded = fold(character);
        const isSame = (form: string): boolean => form === character || fold(form) === folded;
        return forms(character).every(isSame) && (folded === character || fold(folded) === folded);
      }),
      [],
    );
  });

  test('[F2] width does not matter to any character', () => {
    // What stands for a space and an accent stays itself, where compatibility would leave an empty text.
    const isAccent = (character: string): boolean => /^\s\p{M}+$/u.test(character.normalize('NFKD'));
    // The compatibility form of a double prime is two primes: it is a variant of the double quote here.
    const isDoublePrime = (character: string): boolean => /^[\u2033\u2036]$/.test(character);
    // Ligatures of several words lose the spaces in between.
    const isPhrase = (character: string): boolean => /\S\s/u.test(character.normalize('NFKD'));
    const exceptions = exceptionsTo((character) => {
      const narrow = character.normalize('NFKC');
      return (
        narrow === character ||
        isAccent(character.normalize('NFD')) ||
        isAccent(character) ||
        isDoublePrime(character) ||
        isPhrase(character) ||
        fold(narrow) === fold(character)
      );
    });
    assert.deepEqual(exceptions, []);
  });

  test('no character vanishes but the invisible ones, accents and the tatweel', () => {
    const mayVanish = /^\s?[\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}\u0640]+$/u;
    assert.deepEqual(
      exceptionsTo((character) => fold(character) !== '' || mayVanish.test(character.normalize('NFKD'))),
      [],
    );
  });

  test('[F2] no invisible character matters, wherever it stands', () => {
    assert.deepEqual(
      exceptionsTo(
        (character) =>
          !/^\p{Default_Ignorable_Code_Point}$/u.test(character) || fold(`a${character}b`) === 'ab',
      ),
      [],
    );
  });

  test('the folded form of every character is decomposed and short', () => {
    assert.deepEqual(
      exceptionsTo((character) => {
        const folded = fold(character);
        return folded.normalize('NFD') === folded && folded.length <= FOLDED_UNITS_MAX;
      }),
      [],
    );
  });

  test('[F2] any text folds as its normal forms do, and once is enough', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({
        unit: fc.constantFrom(
          ...'aéßกุ่ึ\u0e38\u0e48\u093c\u094d\u3099か\u200d\u00ad각\u1161🏴\u{e0067}\u{e007f}',
        ),
        maxLength: 12,
      }),
    );
    fc.assert(
      fc.property(text, (any) => {
        const folded = fold(any);
        assert.equal(fold(any.normalize('NFD')), folded, named(any));
        assert.equal(fold(any.normalize('NFC')), folded, named(any));
        assert.equal(fold(folded), folded, named(any));
      }),
      { numRuns: scaled({ sample: 1_000, full: 3_000 }), seed: 11 },
    );
  });

  test('[F2] what keyboards write in different ways is the same', () => {
    for (const [first = '', ...others] of SAME) {
      for (const other of others) assert.equal(fold(other), fold(first), `${named(other)}, ${named(first)}`);
    }
  });

  test('what is another character stays another', () => {
    for (const [one, other] of DIFFERENT) assert.notEqual(fold(one), fold(other), `${one} ${other}`);
  });
});
