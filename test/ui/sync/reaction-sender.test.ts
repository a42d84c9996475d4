import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model } from '../../../ui/model/model.ts';
import { ReactionSender } from '../../../ui/sync/reaction-sender.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { CHAT, idOf, ME, message, sampleModel } from '../sample.ts';

const FIRST = { messageId: idOf(1), seq: 1 };

const stage = () => {
  const clock = new ManualClock();
  let model: Model = {
    ...sampleModel({ lastSeq: 1 }),
    timelines: new Map([[CHAT, { messages: [message(1)], older: false, newer: false }]]),
  };
  const sent: (readonly [string, string | null])[] = [];
  let frames = 0;
  let isOnline = true;
  const reactions = new ReactionSender({
    clock,
    model: () => model,
    change: (edit) => {
      model = edit(model);
    },
    send: (messageId, emoji) => {
      if (!isOnline) return null;
      sent.push([messageId, emoji]);
      return `frame ${String((frames += 1))}`;
    },
  });
  return {
    reactions,
    clock,
    sent,
    connect: (online: boolean) => {
      isOnline = online;
      reactions.connected(online);
    },
    set: (emoji: string | null) => {
      reactions.set(CHAT, FIRST, emoji);
    },
    /** Without an emoji, by a server from before an answer named it. */
    answered: (emoji?: string | null, isOld = false) =>
      reactions.stored({ conversationId: CHAT, ...FIRST, emoji, isOld }),
    pending: () => model.pendingReactions.get(idOf(1))?.emoji,
    stored: () => model.timelines.get(CHAT)?.messages[0]?.reactions,
  };
};

test('a choice is shown at once, sent, and part of the message once it is stored', () => {
  const { sent, connect, set, pending, stored, answered } = stage();
  connect(true);
  set('👍');
  assert.deepEqual([sent, pending(), stored()], [[[idOf(1), '👍']], '👍', []]);
  const change = answered();
  assert.deepEqual(change, { conversationId: CHAT, ...FIRST, userId: ME, emoji: '👍' });
  assert.deepEqual([pending(), stored()], [undefined, [{ userId: ME, emoji: '👍' }]]);
});

test('of several choices while one is in flight, only the last one follows', () => {
  const { sent, connect, set, pending, stored, answered } = stage();
  connect(true);
  for (const emoji of ['👍', '😂', null, '❤️']) set(emoji);
  assert.equal(sent.length, 1);
  answered();
  assert.deepEqual(sent.slice(1), [[idOf(1), '❤️']]);
  assert.equal(pending(), '❤️');
  answered();
  assert.deepEqual([pending(), stored()], [undefined, [{ userId: ME, emoji: '❤️' }]]);
});

test('without a connection it waits, and what was in flight is sent again', () => {
  const { sent, connect, set } = stage();
  connect(false);
  set('👍');
  assert.deepEqual(sent, []);
  connect(true);
  connect(false);
  connect(true);
  assert.deepEqual(sent, [
    [idOf(1), '👍'],
    [idOf(1), '👍'],
  ]);
});

test('[M6] an answer that says nothing new leaves the message as the events since have told', () => {
  const { connect, set, pending, stored, answered } = stage();
  connect(true);
  set('👍');
  assert.equal(answered(undefined, true), undefined);
  assert.deepEqual([pending(), stored()], [undefined, []]);
});

test('a refusal takes the choice back and is reported; an answer to something else is not', () => {
  const { reactions, connect, set, pending, sent } = stage();
  connect(true);
  set('👍');
  reactions.refused('another frame', 'not_found');
  assert.deepEqual([pending(), reactions.refusal.get()], ['👍', null]);
  reactions.refused('frame 1', 'not_found');
  assert.deepEqual([pending(), reactions.refusal.get()], [undefined, 'not_found']);
  connect(true);
  assert.equal(sent.length, 1);
});

test('[R3] a temporary refusal keeps the choice and tries again', () => {
  const { reactions, clock, connect, set, pending, sent } = stage();
  connect(true);
  set('👍');
  reactions.refused('frame 1', 'too_many_requests');
  assert.deepEqual([pending(), reactions.refusal.get(), sent.length], ['👍', null, 1]);
  clock.advance(3_000);
  assert.equal(sent.length, 2);
});

test('[P9] at most 200 reactions wait', () => {
  const { reactions, sent, connect } = stage();
  connect(false);
  for (let n = 1; n <= 200; n += 1) reactions.set(CHAT, { messageId: idOf(n), seq: n }, '👍');
  assert.equal(reactions.refusal.get(), null);
  reactions.set(CHAT, { messageId: idOf(201), seq: 201 }, '👍');
  assert.equal(reactions.refusal.get(), 'too_many_requests');
  reactions.set(CHAT, { messageId: idOf(200), seq: 200 }, '😂');
  connect(true);
  assert.equal(sent.length, 200);
  assert.deepEqual(sent.at(-1), [idOf(200), '😂']);
});

test('what waits for a conversation that is deleted is dropped', () => {
  const { reactions, sent, connect, set } = stage();
  connect(false);
  set('👍');
  reactions.set(idOf(88), { messageId: idOf(5), seq: 5 }, '👍');
  reactions.forget(CHAT);
  connect(true);
  assert.deepEqual(sent, [[idOf(5), '👍']]);
});

test('what was refused for now and stored nevertheless is shown as stored, whichever answer comes first', () => {
  const { reactions, clock, sent, connect, set, pending, stored, answered } = stage();
  connect(true);
  set('👍');
  reactions.refused('frame 1', 'unavailable');
  answered();
  assert.deepEqual([pending(), stored()], [undefined, [{ userId: ME, emoji: '👍' }]]);
  clock.advance(3_000);
  assert.equal(sent.length, 1, 'nothing is left to be sent again');
  set('❤️');
  reactions.refused('frame 2', 'unavailable');
  clock.advance(3_000);
  assert.equal(sent.length, 3);
  answered();
  assert.deepEqual([pending(), stored()], [undefined, [{ userId: ME, emoji: '❤️' }]]);
});

test('a connection that is live again after a repair still owes the answer to what it carries', () => {
  const { reactions, sent, connect, set, pending, stored, answered } = stage();
  connect(true);
  set('🎉');
  connect(true);
  set('❤️');
  assert.deepEqual(sent, [[idOf(1), '🎉']]);
  answered();
  assert.deepEqual([sent.slice(1), stored()], [[[idOf(1), '❤️']], [{ userId: ME, emoji: '🎉' }]]);
  reactions.refused('frame 2', 'forbidden');
  assert.deepEqual([pending(), stored()], [undefined, [{ userId: ME, emoji: '🎉' }]]);
});

test('[M5] an answer counts for the choice that it names, however often and late that is answered', () => {
  const { reactions, sent, connect, set, pending, stored, answered } = stage();
  connect(true);
  set(null);
  set('🎉');
  answered(null, true);
  assert.deepEqual(sent.slice(1), [[idOf(1), '🎉']]);
  // The first choice is answered once more, as after a refusal for now.
  assert.equal(answered(null, true), undefined);
  assert.deepEqual([pending(), stored()], ['🎉', []]);
  answered('🎉');
  assert.deepEqual([pending(), stored()], [undefined, [{ userId: ME, emoji: '🎉' }]]);
  // One that was refused for now is stored, and its answer comes after the next choice was sent, which is refused for good.
  set('👍');
  reactions.refused('frame 3', 'unavailable');
  set('❤️');
  assert.deepEqual(answered('👍')?.emoji, '👍');
  assert.deepEqual([pending(), stored()], ['❤️', [{ userId: ME, emoji: '👍' }]]);
  reactions.refused('frame 4', 'forbidden');
  assert.deepEqual([pending(), stored()], [undefined, [{ userId: ME, emoji: '👍' }]]);
});
