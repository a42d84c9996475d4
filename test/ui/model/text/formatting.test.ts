import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  format,
  mayBeFormatted,
  plainOf,
  sourceOf,
  type FormattedPart,
} from '../../../../ui/model/text/formatting.ts';
import { pieces } from '../../../../ui/model/text/links.ts';
import { NAUGHTY_STRINGS } from '../../../support/naughty-strings.ts';
import { seededRandom } from '../../../support/random-source.ts';

const TAGS = { bold: 'b', italic: 'i', code: 'c', block: 'pre', quote: 'q' } as const;

/** The parts as one would write them in markup, without the marks. A break beside a block is `¶`. */
const markup = (parts: readonly FormattedPart[]): string =>
  parts
    .map((part) => {
      if ('parts' in part) return `<${TAGS[part.kind]}>${markup(part.parts)}</${TAGS[part.kind]}>`;
      return part.kind === 'text' ? part.text : part.kind === 'break' ? '¶' : '';
    })
    .join('');

const addresses = (text: string): (readonly [number, number])[] => {
  let at = 0;
  return pieces(text).flatMap(({ text: piece, href }) => {
    const start = at;
    at += piece.length;
    return href === null ? [] : [[start, at] as const];
  });
};
const shown = (text: string): string => markup(format(text, addresses(text)));

test('asterisks make bold, underscores italic, backticks code, each within the other', () => {
  for (const [text, expected] of [
    ['*bold*', '<b>bold</b>'],
    ['so *this* is', 'so <b>this</b> is'],
    ['_it is_, (*no*)!', '<i>it is</i>, (<b>no</b>)!'],
    ['*_both_*', '<b><i>both</i></b>'],
    ['_*both*_', '<i><b>both</b></i>'],
    ['*bold _both_ bold*', '<b>bold <i>both</i> bold</b>'],
    ['run `npm *test*`', 'run <c>npm *test*</c>'],
    ['*see `a_b_c` there*', '<b>see <c>a_b_c</c> there</b>'],
    ["*Anna*’s, *Anna*'s", "<b>Anna</b>’s, <b>Anna</b>'s"],
    ['*Haupt*-Eingang', '<b>Haupt</b>-Eingang'],
    ['„*wichtig*“ «_oui_»', '„<b>wichtig</b>“ «<i>oui</i>»'],
    ['*שלום* _مرحبا_', '<b>שלום</b> <i>مرحبا</i>'],
    ['这是*重要*的', '这是<b>重要</b>的'],
    ['👍*yes*👍🏽', '👍<b>yes</b>👍🏽'],
    ['*5*', '<b>5</b>'],
    ['5 *stars and *bold*', '5 *stars and <b>bold</b>'],
  ] as const)
    assert.equal(shown(text), expected, text);
});

test('what is no formatting stays as it was written', () => {
  for (const text of [
    '2*3*4',
    '2 * 3 * 4',
    'snake_case_name',
    '__init__ and **kwargs',
    '**not markdown**',
    '* list',
    '* one *',
    '_',
    '*',
    '`',
    '``',
    '* *',
    '*a',
    'a*',
    '*a*b',
    'a*b*',
    '*a\nb*',
    '`a\nb`',
    'f(*args) and g(*args)',
    '*.ts and src/*.js',
    '*.*',
    '(*_*) hi (*_*)',
    '-_- hm -_-',
    '^_^ and >_< and o_O',
    '¯\\_(ツ)_/¯',
    '> <',
    '>:( >:(',
    '>no space',
    'a > b',
    '```',
    '```\n```',
    '``` not closed\nat all',
  ])
    assert.equal(shown(text), text, text);
});

test('marks that cross are not both formatting', () => {
  assert.equal(shown('*a _b* c_'), '<b>a _b</b> c_');
  assert.equal(shown('_a *b_ c*'), '<i>a *b</i> c*');
});

test('an address keeps its underscores and asterisks, and may stand in bold', () => {
  for (const text of ['https://a.example/_x_/y_z_', 'https://a.example/*b*c', 'mail a_b_c@example.org _'])
    assert.equal(shown(text), text);
  assert.equal(shown('*https://a.example/a_b_*'), '<b>https://a.example/a_b_</b>');
  assert.equal(shown('_see https://a.example/x_y now_'), '<i>see https://a.example/x_y now</i>');
});

test('a block of code begins a line and ends one, with or without a language', () => {
  assert.equal(shown('```js\nlet *x* = 1;\n```'), '<pre>let *x* = 1;</pre>');
  assert.equal(shown('a\n```\n  code\n\n> more\n```\nb'), 'a¶<pre>  code\n\n> more</pre>¶b');
  assert.equal(shown('```one line```'), '<pre>one line</pre>');
  assert.equal(shown('```let a\nlet b```'), '<pre>let a\nlet b</pre>');
  assert.equal(shown('```\na\n```\n\n```\nb\n```'), '<pre>a</pre>¶¶<pre>b</pre>');
  assert.equal(shown('x ```y```'), 'x ```y```');
});

test('a quote is the lines that begin with > and a space, to three levels', () => {
  assert.equal(shown('> one\n> *two*\nthree'), '<q>one\n<b>two</b></q>¶three');
  assert.equal(shown('a\n> b\n\nc'), 'a¶<q>b</q>¶\nc');
  assert.equal(shown('> a\n> > b\n> > > c\n> d'), '<q>a¶<q>b¶<q>c</q></q>¶d</q>');
  assert.equal(shown('> > > > > deep'), '<q><q><q>> > deep</q></q></q>');
  assert.equal(shown('> a\n>\n> b'), '<q>a\n\nb</q>');
});

test('in one line, the marks are left out and the words stay apart', () => {
  assert.equal(plainOf(format('*a* _b_ `c`\n> d\ne')), 'a b c\nd\ne');
  assert.equal(plainOf(format('```js\nx\n```\nrest')), 'x\nrest');
});

/** Pieces of which anything may be made. */
const BITS = [
  ...['*', '_', '`', '```', '>', '> ', '\n', ' ', 'a', 'Ж', '1', '.', '(', ')', '-', '"', 'é', 'e\u0301'],
  ...['👍', '👩‍👩‍👧', '日', 'א', '\u200f', '\u2066', '\ud83d', 'https://a.example/b_c', 'a@b.example', 'js'],
];

test('shown text and marks are the source, whatever it is', () => {
  const random = seededRandom();
  const isWhole = (text: string): void => {
    const parts = format(text, addresses(text));
    assert.equal(sourceOf(parts), text);
    // What has no marks is one text.
    if (!mayBeFormatted(text)) assert.ok(parts.every(({ kind }) => kind === 'text'));
  };
  NAUGHTY_STRINGS.forEach(isWhole);
  for (let round = 0; round < 5_000; round += 1)
    isWhole(Array.from({ length: random.between(0, 30) }, () => random.pick(BITS)).join(''));
});

const depthOf = (parts: readonly FormattedPart[]): number =>
  Math.max(0, ...parts.map((part) => ('parts' in part ? 1 + depthOf(part.parts) : 0)));

test('a text of 5000 marks takes a time in proportion to its length, and is not nested deeply', () => {
  const took = (text: string): number => {
    const began = performance.now();
    const parts = format(text);
    const ms = performance.now() - began;
    assert.equal(sourceOf(parts), text);
    assert.ok(depthOf(parts) <= 6, `${String(depthOf(parts))} levels`);
    return ms;
  };
  for (const bit of [
    '*',
    '_',
    '`',
    '>',
    '*a',
    '_a ',
    '`a ',
    '> ',
    '*_',
    '*_a',
    '```\n',
    '```a\n',
    '> a\n',
    '*a* ',
    '> > > a\n*b _c `d',
  ]) {
    // The fastest of some rounds: another process may take the processor in any of them. A time that grows with the square of the
    // length would be 64 times as long.
    const fastest = (text: string): number => Math.min(...Array.from({ length: 6 }, () => took(text)));
    const text = bit.repeat(5_000 / bit.length);
    const [short, long] = [fastest(text), fastest(text.repeat(8))];
    assert.ok(
      long < 50 * Math.max(short, 1),
      `${JSON.stringify(bit)}: ${String(short)} and ${String(long)} ms`,
    );
  }
});
