import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fold } from '../../../server/storage/search/fold.ts';
import { graphemesOf } from '../../support/plain-search.ts';
import { scaled } from '../../support/scale.ts';
import { Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';

const ENGLAND = '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}';

/** A text, what finds it, and what does not although its code points are in it. */
const CASES: readonly { text: string; finds: readonly string[]; not: readonly string[] }[] = [
  { text: 'STRA\u1e9eE', finds: ['straße', 'strasse', 'STRASSE', 'stra\u1e9ee'], not: [] },
  { text: 'Donau\u00addampf\u00adschiff', finds: ['donaudampfschiff', 'dampfsch'], not: [] },
  { text: 'zero\u200bwidth', finds: ['zerowidth', 'ow', 'zero\u2060width'], not: ['zero width!'] },
  { text: 'می\u200cخواهم', finds: ['میخواهم', 'می\u200cخواهم'], not: [] },
  { text: '\u2067שלום\u2069 \u200fworld', finds: ['שלום', 'world', '\u202bשלום'], not: [] },
  { text: '\ufeffbom', finds: ['bom', '\ufeffbom'], not: [] },
  { text: 'سلـــــام', finds: ['سلام'], not: [] },
  { text: '❤\ufe0f heart', finds: ['❤', '❤\ufe0f'], not: [] },
  { text: 'ก\u0e48\u0e38', finds: ['ก\u0e38\u0e48'], not: ['ก'] },
  { text: 'don\u2019t “quote”', finds: ["don't", '"quote"', 'don\u2018t'], not: [] },
  { text: '2020\u20132024, it\u2014was', finds: ['2020-2024', 'it-was', '2020\u22122024'], not: [] },
  { text: 'cafe\u0301', finds: ['cafe', 'café', 'CAFÉ', 'caf'], not: [] },
  { text: '각', finds: ['각', '\u1100\u1161\u11a8'], not: ['가', '\u1100'] },
  { text: '\u1100\u1161\u11a8', finds: ['각'], not: ['가'] },
  { text: 'ㅋㅋ', finds: ['ㅋ'], not: [] },
  { text: 'がっこう', finds: ['が', 'か\u3099', 'っこ'], not: ['か'] },
  { text: 'か\u3099', finds: ['が'], not: ['か', '\u3099'] },
  { text: '🇩🇪🇫🇷', finds: ['🇩🇪', '🇫🇷', '🇩🇪🇫🇷'], not: ['🇩', '🇪', '🇪🇫', '🇷'] },
  { text: '👨\u200d👩\u200d👧', finds: ['👨\u200d👩\u200d👧'], not: ['👨', '👩', '👧', '👨\u200d👩'] },
  { text: '👍🏽', finds: ['👍🏽'], not: ['👍', '🏽'] },
  { text: ENGLAND, finds: [ENGLAND], not: ['🏴'] },
  { text: '1\ufe0f\u20e3', finds: ['1\ufe0f\u20e3', '1\u20e3'], not: ['1'] },
  { text: 'हिन्दी', finds: ['हि', 'हिन्दी'], not: ['ह', 'न'] },
  { text: 'भाषा', finds: ['भा', 'षा'], not: ['भ'] },
  { text: 'ﬁn', finds: ['fin', 'fi'], not: ['f'] },
  { text: '\ufdfa', finds: ['\ufdfa'], not: [] },
];

/** What random texts are made of: whatever joins, vanishes or comes apart. */
const PIECES = [
  ...'abß éЁѣἠ ﬁ½…-–’"か゛ｶﾞ각한ㅋ漢🎉',
  ...['e\u0301', 'か\u3099', 'ก\u0e38\u0e48', 'น้ำ', 'क्ष', 'कि', '\u1100\u1161\u11a8', 'מּ', 'مُ', 'ـ'],
  ...['🇩🇪', '🇫', '👍🏽', '👨\u200d👩\u200d👧', '❤\ufe0f', '1\ufe0f\u20e3', ENGLAND, '🏴'],
  ...['\u00ad', '\u200b', '\u200c', '\u200d', '\u200f', '\ufeff', '\u2060', '\u0600', ' ', '\n'],
];

/** Search and what readers take for one character. */
export const searchCharacterRules = (factory: StoreFactory): void => {
  describe('search and characters', () => {
    test('[F2] [F7] what is found, and what is only a part of a character', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      for (const { text } of CASES) await stage.say(ann, ben, text);
      for (const indexed of [false, true]) {
        if (indexed) await stage.store.settle();
        for (const { text, finds, not } of CASES) {
          for (const q of finds) assert.ok((await stage.found(ben, q)).includes(text), `${q} finds ${text}`);
          for (const q of not) assert.ok(!(await stage.found(ben, q)).includes(text), `${q} in ${text}`);
        }
      }
    });

    test('[F1] [F5] [F7] any part of any text is found, and marked by whole characters', async (t) => {
      const stage = await Stage.open(t, factory);
      const [ann, ben] = [await stage.person('ann'), await stage.person('ben')];
      const texts = fc.sample(
        fc
          .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 10 })
          .map((pieces) => pieces.join(''))
          .filter((text) => /\S/u.test(text)),
        { seed: 5, numRuns: scaled({ sample: 20, extended: 60, full: 400 }) },
      );
      for (const text of texts) await stage.say(ann, ben, text);
      for (const indexed of [false, true]) {
        if (indexed) await fillChunk(stage);
        const part = fc
          .tuple(fc.constantFrom(...texts), fc.nat(), fc.integer({ min: 1, max: 4 }))
          .map(([text, at, length]) => {
            const graphemes = graphemesOf(text);
            const start = at % graphemes.length;
            return { text, q: graphemes.slice(start, start + length).join('') };
          });
        await fc.assert(
          fc.asyncProperty(part, async ({ text, q }) => {
            if (fold(q).trim() === '') return;
            const { messages } = await stage.queries.search(ben, q, { type: 'messages', limit: 200 });
            const isPageFull = messages.length === 200;
            assert.ok(isPageFull || messages.some(({ content }) => content === text), `${q} finds ${text}`);
            for (const { content, highlights } of messages) wholeCharacters(content, highlights);
          }),
          { seed: 6, numRuns: scaled({ sample: 15, extended: 40, full: 300 }) },
        );
      }
    });
  });
};

/** So many messages that the index has got to all that were there. */
const fillChunk = async (stage: Stage): Promise<void> => {
  const [ann, cleo] = [await stage.person('cleo'), await stage.person('dora')];
  for (let i = 0; i < 9; i += 1) await stage.sayMany(ann, cleo, new Array<string>(456).fill('hay'));
  await stage.store.settle();
};

const wholeCharacters = (content: string, highlights: readonly (readonly [number, number])[]): void => {
  const edges = new Set([0]);
  let points = 0;
  for (const grapheme of graphemesOf(content)) edges.add((points += [...grapheme].length));
  assert.ok(highlights.length > 0, content);
  for (const [start, end] of highlights) {
    assert.ok(
      start < end && edges.has(start) && edges.has(end),
      `${JSON.stringify(content)} ${String([start, end])}`,
    );
  }
};
