import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Graphemes, isSimple } from '../../../server/storage/search/graphemes.ts';
import { scaled } from '../../support/scale.ts';

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

const boundariesOf = (text: string): Set<number> =>
  new Set([...segmenter.segment(text)].map(({ index }) => index).concat(text.length));

/** One for each way to join a neighbour, as far as it is simple itself. */
const NEIGHBOURS = ['a', '가', '각', '👍', 'क', '漢', '1', 'ა'];

/** One ideograph and one private character is like another. */
const isSkipped = (character: string): boolean =>
  /^[\p{sc=Han}\p{Co}]$/u.test(character) && (character.codePointAt(0) ?? 0) % 64 !== 0;

describe('graphemes', () => {
  test('a simple character joins none of its neighbours, whatever Unicode this is', () => {
    const joining: string[] = [];
    for (const neighbour of NEIGHBOURS) assert.ok(isSimple(neighbour.codePointAt(0) ?? 0), neighbour);
    for (let point = 0; point <= 0x10ffff; point += 1) {
      const character = String.fromCodePoint(point);
      if (!isSimple(point) || isSkipped(character)) continue;
      const text = NEIGHBOURS.map((neighbour) => neighbour + character).join('') + character + 'a';
      if ([...segmenter.segment(text)].length !== [...text].length) joining.push(point.toString(16));
    }
    assert.deepEqual(joining, []);
  });

  test('a character that is taken for unjoined begins anew after any mark', () => {
    const marks = [
      'a\u0301',
      'क\u094d',
      'क\u094d\u200d',
      '👩\u200d',
      '👩🏽\u200d',
      'か\u3099',
      '\u17d2',
      '\u1b44',
      '1\u20e3',
    ];
    const wrong: string[] = [];
    for (let point = 0; point <= 0x10ffff; point += 1) {
      const character = String.fromCodePoint(point);
      if (!isSimple(point) || isSkipped(character)) continue;
      const text = marks.map((mark) => mark + character).join('');
      const [graphemes, wanted] = [new Graphemes(text), boundariesOf(text)];
      let at = 0;
      for (const mark of marks) {
        at += mark.length;
        if (graphemes.isBoundary(at) !== wanted.has(at)) wrong.push(`${mark} ${point.toString(16)}`);
        at += character.length;
      }
    }
    assert.deepEqual(wrong, []);
  });

  test('most letters are simple, and every sign of the world’s large alphabets', () => {
    for (const letter of 'azAZ09 .éßñжЯλΩשאبيअกກ漢字かカ한글ㄱ😀👍❤★')
      assert.ok(isSimple(letter.codePointAt(0) ?? 0), letter);
  });

  test('boundaries are those of Unicode, in any text', () => {
    const tricky =
      'a \r\n\u00ad\u0301\u0308\u0345\u0600\u200b\u200c\u200d\ufe0f\u20e3क\u094d\u093cिर्กุำา\u1100\u1161\u11a8가각か\u3099ﾞ🇩🇪🇫🇩🇪🇫👍🏽👩👨❤🏴\u{e0067}\u{e007f}\u0d4e\u{111c2}ക';
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...tricky), maxLength: 16 }),
      fc.string({ unit: 'binary', maxLength: 16 }),
    );
    fc.assert(
      fc.property(text, (any) => {
        const graphemes = new Graphemes(any);
        const wanted = boundariesOf(any);
        let at = 0;
        for (const character of any) {
          assert.equal(graphemes.isBoundary(at), wanted.has(at), `${JSON.stringify(any)} at ${String(at)}`);
          at += character.length;
        }
      }),
      { numRuns: scaled({ sample: 500, full: 5_000 }), seed: 3 },
    );
  });
});
