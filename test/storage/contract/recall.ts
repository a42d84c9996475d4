import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { termsOf } from '../../../server/storage/search/matches.ts';
import type { WriteMessage } from '../../../server/storage/writes.ts';
import { findable } from '../../support/plain-search.ts';
import { scaled } from '../../support/scale.ts';
import { pairOf, Stage } from '../stage.ts';
import type { StoreFactory } from '../stage.ts';
import { inOrder } from '../../support/in-order.ts';

const WORDS = [
  'the quick brown fox jumps over a lazy dog again and again Café naïve Straße',
  'быстрая коричневая лиса прыгает через ленивую собаку Ёлка',
  'السلام عليكم ورحمة الله مُحَمَّد كتاب',
  'שלום עולם ספר בית שָׁלוֹם',
  '今天天气很好 我们去北京 東京 人工智能 中文',
  'こんにちは 世界 カタカナ ﾃｽﾄ がぎぐ 日本語',
  'สวัสดีครับ กินข้าว น้ำ ภาษาไทย',
  '👍🏽 🎉 ❤️ 👨‍👩‍👧 🇩🇪',
  'const x=[1,2]; if(a&&b){return"no";} /^[a-z]+$/ 0x7f foo_bar() <b>%_*"\'\\',
  '한국어 안녕하세요 텍스트',
].flatMap((line) => line.split(' '));

const ROWS = 9_300;

/** A number from a seed, the same at every run. */
const numbers = (seed: number) => (bound: number) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed % bound;
};

interface Said {
  readonly content: string;
  readonly find: (q: string) => boolean;
  readonly people: readonly [string, string];
}

/** F1, over more messages than two chunks of an index hold, with and without it. */
export const recallRules = (factory: StoreFactory): void => {
  describe('search over a large mixed corpus', () => {
    test('[F1] what is found is what a scan finds', async (t) => {
      const stage = await Stage.open(t, factory);
      const people = await inOrder(['ann', 'ben', 'cleo', 'dora'], (name) => stage.person(name));
      const said = await fill(stage, people);
      const cleared = await clearOne(stage, people);
      const scan = (viewer: string, q: string): string[] => {
        if (termsOf(q).length === 0) return [];
        return said
          .filter(({ people: pair }, at) => pair.includes(viewer) && !cleared(viewer, pair, at))
          .filter(({ find }) => find(q))
          .map(({ content }) => content)
          .reverse();
      };
      const piece = fc
        .tuple(fc.constantFrom(...WORDS), fc.nat(), fc.integer({ min: 1, max: 4 }))
        .map(([word, at, length]) => {
          const points = [...word];
          const start = at % points.length;
          return points.slice(start, start + length).join('');
        });
      const query = fc.oneof(
        piece,
        fc.tuple(piece, piece).map((pair) => pair.join(' ')),
        fc.constantFrom(...WORDS),
        fc.constantFrom('zzz', 'qx', '龍', 'a b c', ' e '),
        fc.string({ unit: 'binary', maxLength: 4 }),
      );
      const compare = (runs: number): Promise<void> =>
        fc.assert(
          fc.asyncProperty(query, fc.constantFrom(...people), async (q, viewer) => {
            const wanted = scan(viewer, q);
            assert.deepEqual(await stage.found(viewer, q, 200), wanted.slice(0, 200), q);
          }),
          { seed: 7, numRuns: runs },
        );
      await compare(25);
      await stage.store.settle();
      await compare(scaled({ sample: 6, extended: 15, full: 120 }));
      await stage.store.restart();
      await compare(10);
      for (const viewer of people) assert.deepEqual(await paged(stage, viewer, 'tha'), scan(viewer, 'tha'));
      for (const viewer of people) assert.deepEqual(await paged(stage, viewer, '我 e'), scan(viewer, '我 e'));
      assert.deepEqual(await paged(stage, people[3] ?? '', 'the'), scan(people[3] ?? '', 'the'));
    });

    test('[F1] the plain sense of "contains" is always honoured', async (t) => {
      const stage = await Stage.open(t, factory);
      const people = await inOrder(['ann', 'ben', 'cleo', 'dora'], (name) => stage.person(name));
      const said = await fill(stage, people);
      await stage.store.settle();
      const ann = people[0] ?? '';
      for (const word of WORDS) {
        const naive = said.filter((each) => each.people.includes(ann) && each.content.includes(word));
        const newest = naive.at(-1)?.content;
        if (newest !== undefined)
          assert.ok(
            (await stage.found(ann, word, 200)).some((found) => found.includes(word)),
            word,
          );
        assert.ok((await stage.found(ann, word, 200)).length >= Math.min(200, naive.length), word);
      }
    });
  });
};

/** [F4] All hits, page by page, over the border between the index and what it has not got to. */
const paged = async (stage: Stage, viewer: string, q: string): Promise<string[]> => {
  const got: string[] = [];
  for (let before: string | undefined, on = true; on;) {
    const options = { type: 'messages', limit: 37, ...(before === undefined ? {} : { before }) } as const;
    const { messages } = await stage.queries.search(viewer, q, options);
    got.push(...messages.map(({ content }) => content));
    before = messages.at(-1)?.message_id;
    on = messages.length === 37;
  }
  return got;
};

const fill = async (stage: Stage, people: readonly string[]): Promise<Said[]> => {
  const pick = numbers(42);
  const said: Said[] = [];
  for (let at = 0; at < ROWS; at += 300) {
    const batch: WriteMessage[] = [];
    for (let i = 0; i < 300; i += 1) {
      const from = pick(people.length);
      const to = (from + 1 + pick(people.length - 1)) % people.length;
      const pair = [people[from] ?? '', people[to] ?? ''] as const;
      const content = Array.from({ length: 1 + pick(5) }, () => WORDS[pick(WORDS.length)] ?? '').join(' ');
      said.push({ content, find: findable(content), people: pair });
      batch.push({
        type: 'appendMessage',
        input: {
          messageId: stage.ids.next(),
          pair: pairOf(...pair),
          senderId: pair[0],
          newConversationId: stage.ids.next(),
          content,
        },
      });
    }
    assert.ok((await stage.store.commit(batch)).every((outcome) => outcome.ok));
  }
  return said;
};

/** The first person deletes their conversation with the second; says which messages are gone for whom. */
const clearOne = async (stage: Stage, people: readonly string[]) => {
  const [ann = '', ben = ''] = people;
  const list = (await stage.queries.conversations(ann, 10, null))?.conversations ?? [];
  const conversationId = list.find(({ peer }) => peer.id === ben)?.id ?? '';
  assert.equal((await stage.hide(ann, conversationId)).kind, 'hidden');
  return (viewer: string, pair: readonly string[], at: number): boolean =>
    at < ROWS && viewer === ann && pair.includes(ben);
};
