import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CONTENT_MAX_CODE_POINTS } from '../../../server/protocol/limits.ts';
import { splitText } from '../../../server/transfer/chats/split-text.ts';

test('the pieces together are the text, and each is short enough', () => {
  const word = fc.oneof(fc.constantFrom(' ', '\n', 'word', '🐈', '\ud83d', 'é'.repeat(700)), fc.string());
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), fc.integer({ min: 1, max: 400 }), (words, times) => {
      const text = words.join('').repeat(times).slice(0, 60_000);
      const pieces = splitText(text);
      assert.equal(pieces.join(''), text);
      for (const piece of pieces) {
        assert.ok([...piece].length <= CONTENT_MAX_CODE_POINTS);
        assert.ok(piece !== '' || text === '');
      }
    }),
    { numRuns: 60 },
  );
});

test('a text is divided after a line, or after a word, where one ends near the limit', () => {
  const [first, second] = splitText(`${'a'.repeat(4_700)}\n${'b'.repeat(200)} ${'c'.repeat(1_000)}`);
  assert.deepEqual([first?.length, second?.length], [4_701, 1_201]);
  assert.equal(splitText(`${'a'.repeat(4_990)} ${'c'.repeat(1_000)}`)[0]?.length, 4_991);
  assert.equal(splitText(`a ${'c'.repeat(6_000)}`)[0]?.length, CONTENT_MAX_CODE_POINTS);
  assert.equal([...(splitText('🐈'.repeat(5_001))[0] ?? '')].length, CONTENT_MAX_CODE_POINTS);
});
