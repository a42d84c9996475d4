import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Scope } from '../../support/temp-dir.ts';
import { Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';

/** Search:
 *  F1 A search finds every visible message that holds all its words, each as a part of a word too, and nothing else, whether
 *     the index has got to it or not.
 *  F2 Case, accents, width, invisible characters and variants of quotes and dashes do not matter; one character is enough in any script.
 *  F3 Any text is an allowed search; punctuation and query syntax are plain text.
 *  F4 Hits come newest first; pages by `before` put together give all of them once.
 *  F5 Highlights are code points of the text as it was sent.
 *  F6 Names are found as well: people by their name, conversations by the other's; deleted names by nothing. */
export const searchRules = (factory: StoreFactory): void => {
  describe('search', () => {
    const setUp = async (t: Scope) => {
      const stage = await Stage.open(t, factory);
      return { stage, ann: await stage.person('ann'), ben: await stage.person('ben') };
    };

    test('[F2] [F5] folding and places', async (t) => {
      const { stage, ann, ben } = await setUp(t);
      const cases: [text: string, q: string, highlights: [number, number][]][] = [
        ['Ein Café, bitte', 'CAFE', [[4, 8]]],
        ['cafe\u0301 again', 'café', [[0, 5]]],
        ['Große Straße', 'strasse', [[6, 12]]],
        ['ΟΔΟΣ', 'οδος', [[0, 4]]],
        ['Ёлка', 'елка', [[0, 4]]],
        ['مُحَمَّد', 'محمد', [[0, 8]]],
        ['שָׁלוֹם', 'שלום', [[0, 7]]],
        ['今日は東京', '東', [[3, 4]]],
        ['ﾃｽﾄ ok', 'テスト', [[0, 3]]],
        ['สวัสดีครับ', 'ดี', [[4, 6]]],
        ['한국어', '국', [[1, 2]]],
        ['👍🏽 fine', '👍🏽', [[0, 2]]],
        ['a 👍 b', '👍', [[2, 3]]],
        ['x', 'x', [[0, 1]]],
        ['aaaa', 'aa', [[0, 4]]],
        [
          'if (a && b) {}',
          '&& (a',
          [
            [3, 5],
            [6, 8],
          ],
        ],
      ];
      for (const [text] of cases) await stage.say(ann, ben, text);
      for (const indexed of [false, true]) {
        if (indexed) await stage.store.settle();
        for (const [text, q, highlights] of cases) {
          const hit = (await stage.queries.search(ben, q, { type: 'messages', limit: 50 })).messages.find(
            (message) => message.content === text,
          );
          assert.deepEqual(hit?.highlights, highlights, `${q} in ${text}`);
        }
      }
    });

    test('[F3] any text at all', async (t) => {
      const { stage, ann, ben } = await setUp(t);
      const texts = [
        'say "hi"',
        '100% sure_',
        "it's; DROP TABLE messages",
        'a*b AND (c OR d)',
        '\\',
        '´',
        'col:x -y',
      ];
      for (const text of texts) await stage.say(ann, ben, text);
      for (const text of texts) assert.ok((await stage.found(ben, text)).includes(text), text);
      for (const q of [
        '',
        ' ',
        '\0',
        '\ud800',
        '"',
        '*',
        'NEAR(',
        '\u0301',
        'x'.repeat(10_000),
        '😀'.repeat(5_000),
      ]) {
        assert.ok(Array.isArray(await stage.found(ben, q)));
      }
    });

    test('[F4] pages', async (t) => {
      const { stage, ann, ben } = await setUp(t);
      const all: string[] = [];
      for (let i = 0; i < 60; i += 1) {
        await stage.say(i % 2 === 0 ? ann : ben, i % 2 === 0 ? ben : ann, `needle ${String(i)}`);
        all.unshift(`needle ${String(i)}`);
      }
      const got: string[] = [];
      for (let before: string | undefined, on = true; on;) {
        const options = { type: 'messages', limit: 7, ...(before === undefined ? {} : { before }) } as const;
        const { messages } = await stage.queries.search(ann, 'needle', options);
        got.push(...messages.map(({ content }) => content));
        before = messages.at(-1)?.message_id;
        on = messages.length === 7;
      }
      assert.deepEqual(got, all);
      assert.deepEqual(
        (await stage.queries.search(ann, 'needle', { limit: 5, before: stage.ids.next() })).messages,
        [],
      );
    });

    test('[F6] names', async (t) => {
      const { stage, ann, ben } = await setUp(t);
      const carla = await stage.person('carla.benson');
      await stage.say(ann, ben, 'nothing of note');
      const search = async (q: string) => {
        const { users, conversations } = await stage.queries.search(ann, q, { limit: 10 });
        return [users.map(({ username }) => username), conversations.map(({ peer }) => peer.id)];
      };
      assert.deepEqual(await search('BEN'), [['ben', 'carla.benson'], [ben]]);
      assert.deepEqual(await search('benson'), [['carla.benson'], []]);
      for (const prefix of ['Be', 'ＢＥＮ', 'bé\u200bn']) {
        assert.deepEqual(
          (await stage.queries.users(ann, prefix, 10)).map(({ username }) => username),
          ['ben'],
          prefix,
        );
      }
      assert.deepEqual(
        (await stage.queries.search(ann, 'benson', { type: 'users', limit: 1 })).users[0]?.highlights,
        [[6, 12]],
      );
      await stage.remove(carla);
      await stage.remove(ben);
      assert.deepEqual(await search('ben'), [[], []]);
      assert.deepEqual(await search('deleted'), [[], []]);
      assert.equal((await stage.found(ann, 'note')).length, 1);
    });
  });
};
