import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markedSelection } from '../../../../ui/model/text/marked-selection.ts';

/** A text whose selection is in brackets, before and after. */
const marked = (text: string, mark: '*' | '_' = '*'): string => {
  const start = text.indexOf('[');
  const end = text.indexOf(']') - 1;
  const plain = text.replace('[', '').replace(']', '');
  const { from, to, text: next, selected } = markedSelection(plain, [start, end], mark);
  const whole = plain.slice(0, from) + next + plain.slice(to);
  return `${whole.slice(0, selected[0])}[${whole.slice(...selected)}]${whole.slice(selected[1])}`;
};

test('what is selected gets the mark around it, white space stays outside, and it stays selected', () => {
  assert.equal(marked('a [word] here'), 'a *[word]* here');
  assert.equal(marked('a [ word  ]here', '_'), 'a  _[word]_  here');
  assert.equal(marked('*a [word] here*', '_'), '*a _[word]_ here*');
});

test('where nothing is selected, the next letters go between two marks', () => {
  assert.equal(marked('a [] b'), 'a *[]* b');
});

test('the same again takes the marks away, whether they are selected or not', () => {
  assert.equal(marked('a *[word]* here'), 'a [word] here');
  assert.equal(marked('a [*word*] here'), 'a [word] here');
  assert.equal(marked('[]'), '*[]*');
  assert.equal(marked('*[]*'), '[]');
});

test('each line has its own marks, since none goes on in the next line', () => {
  assert.equal(marked('[one\n\n  two]'), '[*one*\n\n  *two*]');
  assert.equal(marked('[*one*\n\n  *two*]'), '[one\n\n  two]');
  assert.equal(marked('[*one*\ntwo]'), '[*one*\n*two*]');
});
