import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchAnswer } from '../../../server/protocol/resources/search.ts';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { MessageSearch } from '../../../ui/history/message-search.ts';
import { ManualClock } from '../../support/manual-clock.ts';

type Hit = SearchAnswer['messages'][number];
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
};

/** A server with this many hits, the newest first; every `each`th is in the conversation `here`. */
const searched = (count: number, each: number) => {
  const hits = Array.from(
    { length: count },
    (_, at) =>
      ({
        message_id: `m${String(at)}`,
        conversation_id: at % each === each - 1 ? 'here' : 'there',
        sent_at: new Date(1e12 - at * 1000).toISOString(),
      }) as Hit,
  );
  const asked: { type: string | undefined; before: string | undefined }[] = [];
  const fails: { next: boolean } = { next: false };
  const clock = new ManualClock();
  const search = new MessageSearch(
    {
      search: (_q, type, before, limit) => {
        asked.push({ type, before });
        if (fails.next) return Promise.reject(new ApiProblem('offline', 'gone'));
        const from = before === undefined ? 0 : hits.findIndex((hit) => hit.message_id === before) + 1;
        return Promise.resolve({
          users: [],
          conversations: [],
          removed_until: null,
          messages: hits.slice(from, from + (limit ?? 30)),
        });
      },
    },
    clock,
  );
  const type = async (query: string) => {
    search.lookup.type(query);
    clock.advance(1_000);
    await settled();
  };
  return { search, asked, type, clock, fails, found: () => search.lookup.found.get() };
};

test('everything: one question, and page by page on demand', async () => {
  const { search, asked, type, found } = searched(50, 2);
  await type('tea');
  assert.equal(found().result?.messages.length, 30);
  assert.equal(found().further.ended, false);
  await search.more();
  assert.equal(found().result?.messages.length, 50);
  assert.equal(found().further.ended, true);
  assert.deepEqual(asked, [
    { type: undefined, before: undefined },
    { type: 'messages', before: 'm29' },
  ]);
});

test('one conversation: only its hits, over as many pages as it takes, and an end that is one', async () => {
  const { search, asked, type, found } = searched(450, 100);
  search.look('here');
  await type('tea');
  assert.deepEqual(
    found().result?.messages.map(({ message_id }) => message_id),
    ['m99', 'm199', 'm299', 'm399'],
  );
  assert.equal(found().further.ended, true);
  assert.equal(asked.length, 5);
});

test('it pauses after some pages, says how far it came, and goes on from there', async () => {
  const { search, asked, type, found } = searched(1_050, 1_000);
  search.look('here');
  await type('tea');
  assert.equal(asked.length, 5);
  assert.equal(found().result?.messages.length, 0);
  assert.equal(found().further.ended, false, 'not yet nothing');
  assert.equal(found().result?.reached, new Date(1e12 - 499_000).toISOString());
  await search.more();
  assert.equal(asked.length, 10);
  assert.equal(asked[5]?.before, 'm499');
  assert.deepEqual(
    found().result?.messages.map(({ message_id }) => message_id),
    ['m999'],
  );
  await search.more();
  assert.equal(found().further.ended, true);
});

test('enough hits end a round', async () => {
  const { search, asked, type, found } = searched(400, 2);
  search.look('here');
  await type('tea');
  assert.equal(asked.length, 1);
  assert.equal(found().result?.messages.length, 50);
  assert.equal(found().further.ended, false);
});

test('another scope asks the same anew, at once when something was asked', async () => {
  const { search, asked, type, found, clock } = searched(10, 2);
  search.look('here');
  assert.equal(asked.length, 0);
  await type('tea');
  assert.equal(found().result?.messages.length, 5);
  search.look(null);
  clock.advance(1_000);
  await settled();
  assert.equal(found().result?.messages.length, 10);
  assert.equal(found().query, 'tea');
});

test('a walk that was overtaken stops, and one that fails can be repeated', async () => {
  const { search, asked, type, found, fails } = searched(1_000, 1_001);
  search.look('here');
  search.lookup.type('tea');
  const under = type('tea');
  search.look('there');
  await under;
  const before = asked.length;
  assert.ok(before <= 2, `${String(before)} questions`);
  fails.next = true;
  await type('cup');
  assert.equal(found().problem, 'offline');
  fails.next = false;
  search.lookup.retry();
  await type('cup');
  assert.equal(found().problem, null);
  assert.ok((found().result?.messages.length ?? 0) > 0);
});
