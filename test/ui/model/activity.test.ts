import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Activities, activitiesOf, newestFirst, raised } from '../../../ui/model/activity.ts';
import { apply } from '../../../ui/model/apply.ts';
import type { Conversation } from '../../../ui/model/model.ts';
import { listedConversations } from '../../../ui/model/selectors.ts';
import { isCrossed } from '../../../ui/model/from-wire.ts';
import {
  ackFrame,
  atMinute,
  CHAT,
  idOf,
  message,
  messageFrame,
  sampleConversation,
  sampleModel,
  settingsFrame,
} from '../sample.ts';

const NOBODY: ReadonlySet<string> = new Set();
const conversation = (n: number, part: Partial<Conversation> = {}): Conversation =>
  sampleConversation({ id: idOf(n), ...part });
const held = (...conversations: readonly Conversation[]): ReadonlyMap<string, Conversation> =>
  new Map(conversations.map((each) => [each.id, each]));
const names = (conversations: ReadonlyMap<string, Conversation>): number[] =>
  listedConversations(conversations, [], NOBODY).map(({ id }) => Number(id.slice(-4)));

/** As the model takes over a page of the list. */
const learn = (
  conversations: ReadonlyMap<string, Conversation>,
  listed: readonly (readonly [n: number, lastSeq: number])[],
  from = 60,
): { conversations: ReadonlyMap<string, Conversation>; last: number } => {
  const rows = listed.map(([n, last_seq]) => ({ id: idOf(n), last_seq }));
  const { activities, last } = activitiesOf(conversations, rows, from);
  const next = new Map(conversations);
  for (const { id, last_seq } of rows) {
    const lastSeq = Math.max(last_seq, conversations.get(id)?.lastSeq ?? 0);
    next.set(id, {
      ...(conversations.get(id) ?? sampleConversation({ id })),
      activity: activities.get(id) ?? 0,
      lastSeq,
    });
  }
  return { conversations: next, last };
};

test('[C5] the list goes by the numbers of events, not by times: a clock set back hides no new message', () => {
  const model = sampleModel({ lastSeq: 1, activity: 5, lastMessage: message(1, false, atMinute(0)) });
  const other = conversation(7, { activity: 9, lastSeq: 1, lastMessage: message(1, false, atMinute(60)) });
  const both = { ...model, conversations: new Map([...model.conversations, [other.id, other]]) };
  const first = (from: typeof both): string | undefined =>
    listedConversations(from.conversations, [], NOBODY)[0]?.id;
  assert.equal(first(both), other.id);
  // Its time is an hour before the other's.
  assert.equal(first(apply(both, messageFrame(10, 2), 0).model as typeof both), CHAT);
  const written = { ...both, pending: [{ ...message(null, true), id: idOf(999) }] };
  assert.equal(first(apply(written, ackFrame(11, 2, 'sent', idOf(999)), 0).model as typeof both), CHAT);
  assert.equal(
    listedConversations(both.conversations, [message(null, true, atMinute(-600))], NOBODY)[0]?.id,
    CHAT,
  );
});

test('[C5] what only a list told stands in its order, page after page, under what happens from then on', () => {
  const first = learn(new Map(), [
    [1, 4],
    [2, 1],
    [3, 9],
  ]);
  const second = learn(
    first.conversations,
    [
      [4, 1],
      [5, 1],
    ],
    first.last,
  );
  assert.deepEqual(names(second.conversations), [1, 2, 3, 4, 5]);
  const live = held(...second.conversations.values(), conversation(5, { activity: 61, lastSeq: 2 }));
  assert.deepEqual(names(live), [5, 1, 2, 3, 4]);
  // An event of before, told again, moves nothing: the list knew of it.
  assert.equal(
    raised(conversation(1, { activity: second.conversations.get(idOf(1))?.activity ?? 0 }), 59).activity > 59,
    true,
  );
});

test('[C5] a list puts what was missed where it stands there, and leaves what has gone on since', () => {
  const known = held(
    conversation(1, { activity: 40, lastSeq: 3 }),
    conversation(2, { activity: 38, lastSeq: 2 }),
    // Went on after the list was made.
    conversation(3, { activity: 62, lastSeq: 8 }),
  );
  const { conversations } = learn(known, [
    [4, 6],
    [1, 3],
    [3, 7],
    [5, 1],
    [2, 2],
  ]);
  assert.deepEqual(names(conversations), [3, 4, 1, 5, 2]);
  assert.equal(conversations.get(idOf(1))?.activity, 40);
  // The same answer again changes nothing.
  const again = learn(conversations, [
    [4, 6],
    [1, 3],
    [3, 7],
    [5, 1],
    [2, 2],
  ]);
  assert.deepEqual(names(again.conversations), [3, 4, 1, 5, 2]);
});

test('[C5] a conversation that is asked for alone keeps its place, or comes first', () => {
  const known = held(
    conversation(1, { activity: 40, lastSeq: 3 }),
    conversation(2, { activity: 38, lastSeq: 2 }),
  );
  const between = held(...known.values(), conversation(3, { activity: 39.5, lastSeq: 1 }));
  assert.deepEqual(names(learn(between, [[2, 2]]).conversations), [1, 3, 2]);
  assert.deepEqual(names(learn(between, [[3, 1]]).conversations), [1, 3, 2]);
  assert.deepEqual(names(learn(known, [[2, 3]]).conversations), [2, 1]);
  assert.deepEqual(names(learn(known, [[9, 0]]).conversations), [9, 1, 2]);
  // What happened live while it was asked for comes before it.
  assert.deepEqual(names(learn(known, [[9, 0]], 40).conversations), [1, 9, 2]);
});

test('[C5] a cache of before, without these numbers, is shown by its times until the list has come', () => {
  const old = [1, 2, 3].map((n) => {
    const { activity: _, ...rest } = conversation(n, { createdAt: atMinute(n) });
    return rest as Conversation;
  });
  assert.deepEqual(
    [...old].sort(newestFirst).map(({ id }) => id),
    [idOf(3), idOf(2), idOf(1)],
  );
  const { conversations } = learn(held(...old), [
    [1, 0],
    [3, 0],
    [2, 0],
  ]);
  assert.deepEqual(names(conversations), [1, 3, 2]);
});

test('[C7] newer messages here and newer reading there, or the other way round: neither side knows what is unread', () => {
  const here = sampleConversation({ lastSeq: 5, readSeq: { me: 3, peer: 0 } });
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
  const peer = sampleConversation().peer;
  const unseen = sampleModel({ peer: { ...peer, status: null, last_seen: null } as typeof peer });
  assert.equal(refreshes(unseen, false), 1);
  assert.equal(refreshes(unseen, true), 0);
  assert.equal(refreshes(sampleModel(), false), 0);
});

test('[C5] what a list knew already takes its place when its event comes', () => {
  const { conversations } = learn(new Map(), [
    [2, 1],
    [1, 0],
  ]);
  const model = {
    ...sampleModel(),
    conversations: new Map([...conversations, [CHAT, sampleConversation({ lastSeq: 3, activity: -1 })]]),
  };
  const after = apply(apply(model, messageFrame(6, 2), 0).model, messageFrame(7, 3), 0).model;
  assert.equal(after.conversations.get(CHAT)?.activity, 7);
  assert.equal(apply(after, messageFrame(6, 2), 0).model.conversations.get(CHAT)?.activity, 7, 'told again');
  assert.equal(apply(after, ackFrame(8, 3, 'sent', idOf(77)), 0).model.conversations.get(CHAT)?.activity, 8);
});

test('[C5] a deleted conversation that one’s own late message brings back stands where that message stands', () => {
  const activities = new Activities();
  const model = {
    ...sampleModel(),
    cursor: 13,
    conversations: held(conversation(1, { activity: 11, lastSeq: 3 })),
  };
  activities.note(ackFrame(9, 2, 'sent'), model);
  const asked = [{ id: CHAT, last_seq: 2 }] as never;
  // What another device sets does not bring it back.
  activities.note(settingsFrame(12, { id: CHAT } as never), model);
  assert.equal(activities.learn(model, asked, null).of(CHAT), 9);
  // Noted once: it is held from now on.
  assert.ok(activities.learn(model, asked, null).of(CHAT) > 12);
});

test('[C5] one’s own message of which only the answer has come keeps its place while the conversation is asked for', () => {
  const activities = new Activities();
  const model = {
    ...sampleModel(),
    cursor: 4,
    conversations: held(sampleConversation({ activity: 4, lastSeq: 1 }), conversation(1, { activity: 3 })),
  };
  const ack = ackFrame(5, 2, 'sent', idOf(77));
  activities.note(ack, model);
  // The server answers late: something has happened elsewhere by then.
  const later = apply(apply(model, ack, 0).model, messageFrame(8, 3), 0).model;
  const gone = { ...later, cursor: 8, conversations: apply(model, ack, 0).model.conversations };
  const asked = [{ id: CHAT, last_seq: 2 }] as never;
  assert.equal(activities.learn(gone, asked, null).of(CHAT), 5);
  // A newer message has come meanwhile: the answer does not take its place away.
  activities.note(ack, model);
  const newer = [{ id: CHAT, last_seq: 4 }] as never;
  assert.equal(activities.learn({ ...later, cursor: 8 }, newer, null).of(CHAT), 8);
});
