import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationResource } from '../../../server/protocol/resources/conversation.ts';
import { ApiProblem } from '../../../ui/net/problem.ts';
import { Tombstones } from '../../../ui/model/tombstones.ts';
import { emptyModel } from '../../../ui/model/model.ts';
import {
  keepRefreshing,
  LIST_AGAIN_MS,
  PAGE_PAUSE_MS,
  refreshPeople,
} from '../../../ui/sync/refresh-people.ts';
import { toConversation } from '../../../ui/model/from-wire.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';
import { AT, idOf, profiled } from '../sample.ts';

const ME = idOf(1);
const PAGE = 100;

const listed = (at: number): ConversationResource => ({
  id: idOf(1000 + at),
  peer: profiled(null, { id: idOf(5000 + at), username: `u${String(at)}` }),
  created_at: AT,
  last_message: null,
  last_seq: 0,
  first_seq: 1,
  removed_until: null,
  unread_count: 0,
  delivered_seq: { me: 0, peer: 0 },
  read_seq: { me: 0, peer: 0 },
  pinned: false,
  archived: false,
  muted_until: null,
});

/** A person with that many conversations, whose connection has just come. */
const back = (count: number, part: { fails?: number } = {}) => {
  const clock = new ManualClock();
  const all = Array.from({ length: count }, (_, at) => listed(at));
  const model = {
    ...emptyModel(ME),
    conversations: new Map(all.map((each) => [each.id, toConversation(each, ME, 0)])),
  };
  const state = { generation: 1, seen: true, fails: part.fails ?? 0 };
  const asked: (string | undefined)[] = [];
  const learnt: string[] = [];
  const aboves: (number | null)[] = [];
  const refreshed: string[] = [];
  let anew = 0;
  const sync = {
    get generation() {
      return state.generation;
    },
    model: { get: () => model },
    tombstones: new Tombstones(),
    learn(page: readonly ConversationResource[], _generation: number, above: number | null) {
      learnt.push(...page.map(({ id }) => id));
      aboves.push(above);
      return -aboves.length;
    },
    refresh: (id: string) => void refreshed.push(id),
    startAnew: () => void (anew += 1),
  };
  const conversations = (before?: string) => {
    asked.push(before);
    if (asked.length === state.fails) return Promise.reject(new ApiProblem('offline', 'gone'));
    const from = before === undefined ? 0 : Number(before);
    const next = from + PAGE < all.length ? String(from + PAGE) : null;
    return Promise.resolve({ conversations: all.slice(from, from + PAGE), next });
  };
  const parts = { api: { conversations } as never, onEffect: () => undefined, isSeen: () => state.seen };
  const keep = (): void => {
    keepRefreshing(sync, parts, true, { after: (ms, run) => void clock.after(ms, run) });
  };
  const start = (isWhole = false): void => {
    void refreshPeople(sync, parts, isWhole, (ms, run) => {
      clock.after(ms, run);
    });
  };
  const goOn = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      await settled();
    }
  };
  return { all, clock, asked, learnt, aboves, refreshed, start, keep, goOn, state, anews: () => anew };
};

test('after a reconnect everybody’s presence is asked for, page by page, one a second', async () => {
  const stage = back(250);
  stage.start();
  await settled();
  assert.equal(stage.learnt.length, 100, 'the first at once');
  await stage.goOn(PAGE_PAUSE_MS - 100);
  assert.equal(stage.asked.length, 1);
  await stage.goOn(100);
  assert.equal(stage.learnt.length, 200);
  await stage.goOn(10_000);
  assert.deepEqual(
    stage.learnt,
    stage.all.map(({ id }) => id),
  );
  assert.deepEqual(stage.aboves, [null, -1, -2], 'each page stands below the one before');
  assert.deepEqual(stage.refreshed, [], 'all were listed');
});

test('while nobody looks only the first page is asked for, and the others when somebody does', async () => {
  const stage = back(250);
  stage.state.seen = false;
  stage.start();
  await stage.goOn(60_000);
  assert.equal(stage.asked.length, 1);
  stage.state.seen = true;
  await stage.goOn(10_000);
  assert.equal(stage.learnt.length, 250);
});

test('the next connection ends it, a failure does not, and a list that has just come whole is not asked for twice', async () => {
  const ended = back(250);
  ended.start();
  await settled();
  ended.state.generation = 2;
  await ended.goOn(10_000);
  assert.equal(ended.asked.length, 1);
  const failed = back(250, { fails: 2 });
  failed.start();
  await failed.goOn(20_000);
  assert.equal(new Set(failed.learnt).size, 250);
  const whole = back(250);
  whole.start(true);
  await whole.goOn(10_000);
  assert.equal(whole.asked.length, 1);
});

test('a connection that lasts asks for the list every hour, until the next connection does', async () => {
  const stage = back(250);
  stage.keep();
  await settled();
  assert.equal(stage.asked.length, 1, 'the list has just come whole');
  stage.clock.advance(LIST_AGAIN_MS - 1);
  await settled();
  assert.equal(stage.asked.length, 1);
  await stage.goOn(10_000);
  assert.deepEqual(stage.asked, [undefined, undefined, '100', '200']);
  stage.clock.advance(LIST_AGAIN_MS);
  await stage.goOn(10_000);
  assert.equal(stage.asked.length, 7);
  stage.state.generation = 2;
  stage.clock.advance(2 * LIST_AGAIN_MS);
  await stage.goOn(10_000);
  assert.equal(stage.asked.length, 7);
});
