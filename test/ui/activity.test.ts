import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Activities, activitiesOf, newestFirst, raised } from '../../ui/state/activity.ts';
import { apply } from '../../ui/state/apply.ts';
import type { Chat } from '../../ui/state/model.ts';
import { listedChats } from '../../ui/state/selectors.ts';
import { isCrossed } from '../../ui/state/from-wire.ts';
import { ackFrame, atMinute, CHAT, idOf, message, messageFrame, sampleChat, sampleModel } from './sample.ts';

const NOBODY: ReadonlySet<string> = new Set();
const chat = (n: number, part: Partial<Chat> = {}): Chat => sampleChat({ id: idOf(n), ...part });
const held = (...chats: readonly Chat[]): ReadonlyMap<string, Chat> =>
  new Map(chats.map((each) => [each.id, each]));
const names = (chats: ReadonlyMap<string, Chat>): number[] =>
  listedChats(chats, [], NOBODY).map(({ id }) => Number(id.slice(-4)));

/** As the model takes over a page of the list. */
const learn = (
  chats: ReadonlyMap<string, Chat>,
  listed: readonly (readonly [n: number, lastSeq: number])[],
  from = 60,
): { chats: ReadonlyMap<string, Chat>; last: number } => {
  const rows = listed.map(([n, last_seq]) => ({ id: idOf(n), last_seq }));
  const { activities, last } = activitiesOf(chats, rows, from);
  const next = new Map(chats);
  for (const { id, last_seq } of rows) {
    const lastSeq = Math.max(last_seq, chats.get(id)?.lastSeq ?? 0);
    next.set(id, { ...(chats.get(id) ?? sampleChat({ id })), activity: activities.get(id) ?? 0, lastSeq });
  }
  return { chats: next, last };
};

test('[C5] the list goes by the numbers of events, not by times: a clock set back hides no new message', () => {
  const model = sampleModel({ lastSeq: 1, activity: 5, lastMessage: message(1, false, atMinute(0)) });
  const other = chat(7, { activity: 9, lastSeq: 1, lastMessage: message(1, false, atMinute(60)) });
  const both = { ...model, chats: new Map([...model.chats, [other.id, other]]) };
  const first = (from: typeof both): string | undefined => listedChats(from.chats, [], NOBODY)[0]?.id;
  assert.equal(first(both), other.id);
  // Its time is an hour before the other's.
  assert.equal(first(apply(both, messageFrame(10, 2), 0).model as typeof both), CHAT);
  const written = { ...both, pending: [{ ...message(null, true), id: idOf(999) }] };
  assert.equal(first(apply(written, ackFrame(11, 2, 'sent', idOf(999)), 0).model as typeof both), CHAT);
  assert.equal(listedChats(both.chats, [message(null, true, atMinute(-600))], NOBODY)[0]?.id, CHAT);
});

test('[C5] what only a list told stands in its order, page after page, under what happens from then on', () => {
  const first = learn(new Map(), [
    [1, 4],
    [2, 1],
    [3, 9],
  ]);
  const second = learn(
    first.chats,
    [
      [4, 1],
      [5, 1],
    ],
    first.last,
  );
  assert.deepEqual(names(second.chats), [1, 2, 3, 4, 5]);
  const live = held(...second.chats.values(), chat(5, { activity: 61, lastSeq: 2 }));
  assert.deepEqual(names(live), [5, 1, 2, 3, 4]);
  // An event of before, told again, moves nothing: the list knew of it.
  assert.equal(
    raised(chat(1, { activity: second.chats.get(idOf(1))?.activity ?? 0 }), 59).activity > 59,
    true,
  );
});

test('[C5] a list puts what was missed where it stands there, and leaves what has gone on since', () => {
  const known = held(
    chat(1, { activity: 40, lastSeq: 3 }),
    chat(2, { activity: 38, lastSeq: 2 }),
    // Went on after the list was made.
    chat(3, { activity: 62, lastSeq: 8 }),
  );
  const { chats } = learn(known, [
    [4, 6],
    [1, 3],
    [3, 7],
    [5, 1],
    [2, 2],
  ]);
  assert.deepEqual(names(chats), [3, 4, 1, 5, 2]);
  assert.equal(chats.get(idOf(1))?.activity, 40);
  // The same answer again changes nothing.
  const again = learn(chats, [
    [4, 6],
    [1, 3],
    [3, 7],
    [5, 1],
    [2, 2],
  ]);
  assert.deepEqual(names(again.chats), [3, 4, 1, 5, 2]);
});

test('[C5] a conversation that is asked for alone keeps its place, or comes first', () => {
  const known = held(chat(1, { activity: 40, lastSeq: 3 }), chat(2, { activity: 38, lastSeq: 2 }));
  const between = held(...known.values(), chat(3, { activity: 39.5, lastSeq: 1 }));
  assert.deepEqual(names(learn(between, [[2, 2]]).chats), [1, 3, 2]);
  assert.deepEqual(names(learn(between, [[3, 1]]).chats), [1, 3, 2]);
  assert.deepEqual(names(learn(known, [[2, 3]]).chats), [2, 1]);
  assert.deepEqual(names(learn(known, [[9, 0]]).chats), [9, 1, 2]);
  // What happened live while it was asked for comes before it.
  assert.deepEqual(names(learn(known, [[9, 0]], 40).chats), [1, 9, 2]);
});

test('[C5] a cache of before, without these numbers, is shown by its times until the list has come', () => {
  const old = [1, 2, 3].map((n) => {
    const { activity: _, ...rest } = chat(n, { createdAt: atMinute(n) });
    return rest as Chat;
  });
  assert.deepEqual(
    [...old].sort(newestFirst).map(({ id }) => id),
    [idOf(3), idOf(2), idOf(1)],
  );
  const { chats } = learn(held(...old), [
    [1, 0],
    [3, 0],
    [2, 0],
  ]);
  assert.deepEqual(names(chats), [1, 3, 2]);
});

test('[C7] newer messages here and newer reading there, or the other way round: neither side knows what is unread', () => {
  const here = sampleChat({ lastSeq: 5, readSeq: { me: 3, peer: 0 } });
  const there = (last_seq: number, me: number) => ({ last_seq, read_seq: { me, peer: 0 } }) as never;
  assert.equal(isCrossed(here, there(6, 2)), true);
  assert.equal(isCrossed(here, there(4, 4)), true);
  for (const [last, read] of [
    [5, 3],
    [6, 3],
    [6, 4],
    [4, 3],
    [4, 2],
    [5, 2],
  ] as const)
    assert.equal(isCrossed(here, there(last, read)), false);
  assert.equal(isCrossed(undefined, there(1, 1)), false);
});

test('[S7] the first words of somebody whose presence is not known have the conversation asked for', () => {
  const refreshes = (model: ReturnType<typeof sampleModel>, mine: boolean): number =>
    apply(model, messageFrame(1, 1, mine), 0).effects.filter(({ type }) => type === 'refresh').length;
  const peer = sampleChat().peer;
  const unseen = sampleModel({ peer: { ...peer, status: null, last_seen: null } as typeof peer });
  assert.equal(refreshes(unseen, false), 1);
  assert.equal(refreshes(unseen, true), 0);
  assert.equal(refreshes(sampleModel(), false), 0);
});

test('[C5] what a list knew already takes its place when its event comes', () => {
  const { chats } = learn(new Map(), [
    [2, 1],
    [1, 0],
  ]);
  const model = {
    ...sampleModel(),
    chats: new Map([...chats, [CHAT, sampleChat({ lastSeq: 3, activity: -1 })]]),
  };
  const after = apply(apply(model, messageFrame(6, 2), 0).model, messageFrame(7, 3), 0).model;
  assert.equal(after.chats.get(CHAT)?.activity, 7);
  assert.equal(apply(after, messageFrame(6, 2), 0).model.chats.get(CHAT)?.activity, 7, 'told again');
  assert.equal(apply(after, ackFrame(8, 3, 'sent', idOf(77)), 0).model.chats.get(CHAT)?.activity, 8);
});

test('[C5] a deleted conversation that one’s own late message brings back stands where that message stands', () => {
  const activities = new Activities();
  const model = { ...sampleModel(), cursor: 13, chats: held(chat(1, { activity: 11, lastSeq: 3 })) };
  activities.note(ackFrame(9, 2, 'sent'), model);
  const asked = [{ id: CHAT, last_seq: 2 }] as never;
  assert.equal(activities.learn(model, asked, null).of(CHAT), 9);
  // Noted once: it is held from now on.
  assert.ok(activities.learn(model, asked, null).of(CHAT) > 12);
});
