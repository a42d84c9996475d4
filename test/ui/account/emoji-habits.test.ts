import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterUse, EmojiHabitBook, parseHabits } from '../../../ui/account/emoji-habits.ts';
import { storageOver } from '../../../ui/platform/site-storage.ts';

const NOTHING = { recent: [], tone: '' };

test('the emoji used last come first, each once, and not too many', () => {
  let habits = parseHabits(null);
  assert.deepEqual(habits, NOTHING);
  for (const emoji of ['😀', '👋🏽', '😀']) habits = afterUse(habits, emoji);
  assert.deepEqual(habits.recent, ['😀', '👋🏽']);
  for (let at = 0; at < 40; at += 1) habits = afterUse(habits, String.fromCodePoint(0x1f400 + at));
  assert.equal(habits.recent.length, 24);
  assert.equal(habits.recent[0], '🐧');
});

test('what is damaged is left out', () => {
  for (const text of ['', '{', 'null', '5', '"x"', '[]', '{"recent":1,"tone":2}'])
    assert.deepEqual(parseHabits(text), NOTHING, text);
  assert.deepEqual(
    parseHabits(JSON.stringify({ recent: ['😀', 'a', 7, '<b>', '👍👍'], tone: '\u{1f3fd}' })),
    {
      recent: ['😀'],
      tone: '\u{1f3fd}',
    },
  );
});

test('two windows that choose keep what both have chosen, also where nothing can be stored', () => {
  const storage = storageOver(() => {
    throw new DOMException('blocked', 'SecurityError');
  });
  const [first, second] = [new EmojiHabitBook(storage), new EmojiHabitBook(storage)];
  first.used('😀');
  second.prefer('\u{1f3fb}');
  second.used('☕');
  assert.deepEqual(first.current, { recent: ['☕', '😀'], tone: '\u{1f3fb}' });
});
