import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentFault } from '../../server/protocol/fields.ts';

/** Characters that show nothing, by kind. */
const INVISIBLE: Readonly<Record<string, string>> = {
  'white space': ' \t\n\r\v\f\u0085\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000',
  'control characters': '\u0001\u0008\u001b\u007f\u0090',
  'zero-width characters': '\u200b\u200c\u200d\u2060\ufeff\u034f\u180e',
  'marks of direction': '\u061c\u200e\u200f\u202a\u202e\u2066\u2069',
  'soft hyphen': '\u00ad',
  'variation selectors': '\ufe00\ufe0f\u{e0100}\u180b',
  'Hangul fillers': '\u115f\u1160\u3164\uffa0',
  'Khmer inherent vowels': '\u17b4\u17b5',
  'invisible operators': '\u2061\u2064',
  tags: '\u{e0001}\u{e0020}\u{e007f}',
  'interlinear annotation': '\ufff9\ufffb',
  'control of notes, shorthand and hieroglyphs': '\u{1d173}\u{1d17a}\u{1bca0}\u{13430}',
  'the blank Braille pattern': '\u2800',
  'the null notehead': '\u{1d159}',
};

test('[W7] a text of nothing but invisible characters is refused, each kind and all together', () => {
  for (const [kind, characters] of Object.entries(INVISIBLE))
    for (const character of [...characters, characters])
      assert.match(contentFault(character) ?? '', /visible/, `${kind}: ${JSON.stringify(character)}`);
  const all = Object.values(INVISIBLE).join('');
  assert.match(contentFault(all) ?? '', /visible/);
  assert.match(contentFault('') ?? '', /visible/);
});

test('[W7] one visible character is enough, wherever it stands', () => {
  const all = Object.values(INVISIBLE).join('');
  for (const shown of ['a', '.', '\u0301', 'ك', '你', '😀', '\u{10ffff}', '\ue000', '\ufffd', '\ufffc', '¸'])
    for (const text of [shown, all + shown, shown + all, all + shown + all])
      assert.equal(contentFault(text), null, JSON.stringify(text));
  // Format characters of Arabic, Syriac and Kaithi that are drawn.
  for (const shown of ['\u0600', '\u06dd', '\u070f', '\u0891', '\u08e2', '\u{110bd}', '\u{110cd}'])
    assert.equal(contentFault(shown), null, shown.codePointAt(0)?.toString(16));
});

test('[W7] no letter, digit, mark, punctuation or symbol is taken for invisible, but those that Unicode says are', () => {
  const shown = /[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Co}]/u;
  const ignorable = /\p{Default_Ignorable_Code_Point}/u;
  const refused: string[] = [];
  for (let point = 0; point <= 0x10ffff; point += 1) {
    const character = String.fromCodePoint(point);
    if (!character.isWellFormed()) continue;
    const fault = contentFault(character);
    if (ignorable.test(character)) assert.notEqual(fault, null, point.toString(16));
    else if (shown.test(character) && fault !== null) refused.push(point.toString(16));
  }
  assert.deepEqual(refused, ['2800', '1d159']);
});

test('[W7] NUL, half a surrogate pair and more than 5000 code points are refused whatever else is there', () => {
  assert.match(contentFault('a\0b') ?? '', /NUL/);
  assert.match(contentFault('a\ud800') ?? '', /well-formed/);
  assert.equal(contentFault('😀'.repeat(5000)), null);
  assert.match(contentFault('😀'.repeat(5001)) ?? '', /at most 5000/);
});
