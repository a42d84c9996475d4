import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EMOJI_GROUPS,
  namedEmoji,
  readTable,
  searchEmoji,
  SKIN_TONES,
  withTone,
  writeTable,
  type EmojiEntry,
  type EmojiTable,
} from '../../../../ui/model/text/emoji-table.ts';
import { isEmoji } from '../../../../ui/model/text/emoji.ts';

const NONE: readonly EmojiEntry[] = [];
const table: EmojiTable = {
  ...(Object.fromEntries(EMOJI_GROUPS.map((group) => [group, NONE])) as unknown as EmojiTable),
  smileys: [
    ['😀', 'grinning face', 'happy smile'],
    ['😊', 'lächelndes Gesicht', 'froh smile'],
  ],
  people: [['👋', 'waving hand', 'hello bye', 1]],
  food: [
    ['☕', 'hot beverage', 'coffee tea'],
    ['🍵', 'teacup without handle', 'green tea'],
  ],
  flags: [['🇦🇹', 'flag: Austria', 'AT']],
};
const found = (query: string): readonly string[] => searchEmoji(table, query).map(([emoji]) => emoji);

test('a search finds names and words by their beginnings, names first, and parts of names last', () => {
  assert.deepEqual(found('tea'), ['🍵', '☕']);
  assert.deepEqual(found('smile'), ['😀', '😊']);
  assert.deepEqual(found('hand'), ['👋', '🍵']);
  assert.deepEqual(found('ving'), ['👋']);
  assert.deepEqual(found('ello'), []);
});

test('all words count, in any order; case, accents and punctuation do not', () => {
  assert.deepEqual(found('FACE grin'), ['😀']);
  assert.deepEqual(found('lachelnd'), ['😊']);
  assert.deepEqual(found('LÄCHELND'), ['😊']);
  assert.deepEqual(found(':waving_hand:'), ['👋']);
  assert.deepEqual(found('austria'), ['🇦🇹']);
  assert.deepEqual(found('green coffee'), []);
  for (const nothing of ['', '  ', ':', '-_']) assert.deepEqual(found(nothing), []);
});

test('a tone takes the place of the variant of its base, and of each base in a sequence', () => {
  assert.equal(withTone('👋', ''), '👋');
  assert.equal(withTone('👋', '\u{1f3fd}'), '👋🏽');
  for (const emoji of ['✌️', '🕵️‍♂️', '🤷‍♀️', '👩‍🚀'])
    for (const tone of SKIN_TONES) assert.ok(isEmoji(withTone(emoji, tone)), withTone(emoji, tone));
});

test('what is written to the file is what is read from it', () => {
  assert.deepEqual(readTable(writeTable(table)).smileys, table.smileys);
  assert.deepEqual(readTable(writeTable(table)).people, table.people);
});

test('those that were used have their names, in any tone, and are their own names where there is none', () => {
  assert.deepEqual(
    namedEmoji(['👋🏽', '☕', '🦖'], table).map(([emoji, name]) => [emoji, name]),
    [
      ['👋🏽', 'waving hand'],
      ['☕', 'hot beverage'],
      ['🦖', '🦖'],
    ],
  );
  assert.deepEqual(namedEmoji(['👋'], null), [['👋', '👋', '']]);
});
