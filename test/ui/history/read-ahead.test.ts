import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Loading } from '../../../ui/history/history.ts';
import { emptyModel, withConversation, withEntry, type Model } from '../../../ui/model/model.ts';
import { READ_AHEAD_MS, ReadAhead } from '../../../ui/history/read-ahead.ts';
import { signal } from '../../../ui/model/signal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';
import { atMinute, idOf, ME, message, sampleConversation } from '../sample.ts';

/** Conversations 1 to `count`, the last one used last. */
const stage = (count: number) => {
  const clock = new ManualClock();
  let model: Model = emptyModel(ME);
  for (let n = 1; n <= count; n += 1) {
    const lastMessage = { ...message(1), sentAt: atMinute(n) };
    model = withConversation(model, sampleConversation({ id: idOf(n), lastSeq: 1, lastMessage }));
  }
  const opened: string[] = [];
  const forgiven: (string | undefined)[] = [];
  const loading = signal<ReadonlyMap<string, Loading>>(new Map());
  const state = { live: true, failing: '' };
  const ahead = new ReadAhead({
    clock,
    model: () => model,
    isLive: () => state.live,
    history: {
      loading,
      open(id) {
        opened.push(id);
        if (id === state.failing)
          loading.set(new Map([[id, { direction: 'newest', seq: null, problem: 'offline' }]]));
        return Promise.resolve();
      },
      forgive: (id) => forgiven.push(id),
    },
  });
  const hold = (n: number): void => {
    const run = { messages: [], older: false, newer: false };
    model = { ...model, timelines: withEntry(model.timelines, idOf(n), run) };
  };
  const run = async () => {
    ahead.soon();
    clock.advance(READ_AHEAD_MS);
    await settled();
  };
  return { ahead, clock, opened, forgiven, loading, state, hold, run };
};

test('the conversations used last are loaded, without those that are here', async () => {
  const { opened, hold, run } = stage(20);
  hold(19);
  await run();
  assert.deepEqual(opened.slice(0, 3), [idOf(20), idOf(18), idOf(17)]);
  assert.equal(opened.length, 14);
});

test('it gives up quietly when one fails or the connection goes', async () => {
  const { opened, forgiven, state, run } = stage(5);
  state.failing = idOf(4);
  await run();
  assert.deepEqual(opened, [idOf(5), idOf(4)]);
  assert.deepEqual(forgiven, [idOf(4)]);
  state.live = false;
  await run();
  assert.equal(opened.length, 2);
});

test('one that somebody asked for is theirs: it is not asked for again, and its failure goes on being said', async () => {
  const { opened, forgiven, loading, run } = stage(2);
  const failed = new Map<string, Loading>([
    [idOf(2), { direction: 'newest', seq: null, problem: 'offline' }],
  ]);
  loading.set(failed);
  await run();
  assert.deepEqual([opened, forgiven], [[idOf(1)], []]);
  assert.equal(loading.get(), failed);
});

test('it comes only when the connection has lasted', () => {
  const { ahead, clock, opened } = stage(2);
  ahead.soon();
  clock.advance(READ_AHEAD_MS - 1);
  ahead.soon();
  clock.advance(READ_AHEAD_MS - 1);
  assert.deepEqual(opened, []);
});
