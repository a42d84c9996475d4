import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainHit, plainMessage } from '../../../../ui/model/text/plain-message.ts';

test('a line of a list has the words without their marks; addresses stay whole', () => {
  for (const [text, expected] of [
    ['*Hello* _you_, see `a_b`', 'Hello you, see a_b'],
    ['> quoted\nanswer', 'quoted\nanswer'],
    ['```js\ncode\n```', 'code'],
    ['see https://a.example/_x_ and 2*3*4', 'see https://a.example/_x_ and 2*3*4'],
    ['*https://a.example/_x_*', 'https://a.example/_x_'],
    ['nothing', 'nothing'],
  ] as const)
    assert.equal(plainMessage(text), expected);
});

test('[F5] highlights stay on the words that were found', () => {
  const hit = (text: string, highlights: [number, number][]): readonly string[] => {
    const plain = plainHit(text, highlights);
    const points = [...plain.text];
    return plain.highlights.map(([start, end]) => points.slice(start, end).join(''));
  };
  assert.deepEqual(hit('a 👍 *bold* one', [[5, 9]]), ['bold']);
  assert.deepEqual(hit('a 👍 *bold* one', [[4, 10]]), ['bold']);
  assert.deepEqual(
    hit('> a *b*c\n*d* `e`', [
      [2, 3],
      [10, 11],
      [14, 15],
    ]),
    ['a', 'd', 'e'],
  );
  // The mark alone is not shown, so nothing of it can be highlighted.
  assert.deepEqual(hit('*bold*', [[0, 1]]), []);
  assert.deepEqual(hit('plain', [[1, 3]]), ['la']);
});
