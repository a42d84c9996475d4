import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conversation } from '../../../ui/model/model.ts';
import { NOTICE_MS, Notices, silenceOf } from '../../../ui/account/notices.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { AT, atMinute, message, sampleConversation } from '../sample.ts';

const begun = (part: { wanted?: boolean; inSight?: boolean } = {}) => {
  const clock = new ManualClock();
  const told: (number | null)[] = [];
  const reacted: string[] = [];
  let conversation: Conversation | undefined = sampleConversation();
  const notices = new Notices({
    clock,
    now: () => clock.now(),
    conversation: () => conversation,
    wanted: () => part.wanted ?? true,
    inSight: () => part.inSight ?? false,
    show: (_chat, { seq }) => told.push(seq),
    reacted: (_chat, { seq, emoji }) => reacted.push(`${String(seq)} ${String(emoji)}`),
  });
  const become = (next: Conversation | undefined): void => {
    conversation = next;
  };
  return { clock, notices, told, reacted, become };
};
const live = (part: Parameters<typeof begun>[0] = {}) => {
  const stage = begun(part);
  stage.notices.connected(true);
  return stage;
};

test('five reasons keep a message quiet, and there is no sixth', () => {
  const conversation = sampleConversation({ readSeq: { me: 3, peer: 0 } });
  const facts = { wanted: true, conversation, seq: 4, inSight: false, now: Date.parse(AT) };
  assert.equal(silenceOf(facts), null);
  assert.equal(silenceOf({ ...facts, wanted: false }), 'off');
  assert.equal(silenceOf({ ...facts, conversation: undefined }), 'unknown');
  assert.equal(silenceOf({ ...facts, seq: 3 }), 'read');
  assert.equal(silenceOf({ ...facts, inSight: true }), 'inSight');
  const muted = { ...conversation, mutedUntil: atMinute(1) };
  assert.equal(silenceOf({ ...facts, conversation: muted }), 'muted');
  const again = Date.parse(atMinute(1));
  assert.equal(silenceOf({ ...facts, conversation: muted, now: again }), null, 'not for longer than that');
});

test('a message is told once, a burst by its newest', () => {
  const { clock, notices, told } = live();
  for (const seq of [1, 2, 3]) notices.received(message(seq));
  assert.deepEqual(told, []);
  clock.advance(NOTICE_MS);
  assert.deepEqual(told, [3]);
  clock.advance(10 * NOTICE_MS);
  assert.deepEqual(told, [3]);
});

test('what is read in another window meanwhile is not told here', () => {
  const { clock, notices, told, become } = live();
  notices.received(message(1));
  become(sampleConversation({ readSeq: { me: 1, peer: 0 } }));
  clock.advance(NOTICE_MS);
  assert.deepEqual(told, []);
});

test('what was missed while the connection was gone is told when it is back', () => {
  const { clock, notices, told } = live();
  notices.connected(false);
  notices.received(message(1));
  clock.advance(NOTICE_MS);
  assert.deepEqual(told, []);
  notices.connected(true);
  clock.advance(NOTICE_MS);
  assert.deepEqual(told, [1]);
});

test('a connection that goes before the notice came does not swallow it', () => {
  const { clock, notices, told } = live();
  notices.received(message(1));
  notices.connected(false);
  clock.advance(NOTICE_MS);
  notices.connected(true);
  clock.advance(NOTICE_MS);
  assert.deepEqual(told, [1]);
});

test('what came before the window was there stands in the list, and is not told', () => {
  const { clock, notices, told } = begun();
  notices.received(message(1));
  notices.connected(true);
  clock.advance(NOTICE_MS);
  assert.deepEqual(told, []);
  notices.received(message(2));
  clock.advance(NOTICE_MS);
  assert.deepEqual(told, [2]);
});

test('the first message of a conversation that the server is still asked about is told once it is known', () => {
  const { clock, notices, told, become } = live();
  become(undefined);
  notices.received(message(1));
  clock.advance(3 * NOTICE_MS);
  assert.deepEqual(told, []);
  become(sampleConversation());
  clock.advance(NOTICE_MS);
  assert.deepEqual(told, [1]);
  clock.advance(10 * NOTICE_MS);
  assert.deepEqual(told, [1]);
});

test('a conversation that never becomes known is given up', () => {
  const { clock, notices, told, become } = live();
  become(undefined);
  notices.received(message(1));
  clock.advance(60 * NOTICE_MS);
  become(sampleConversation());
  clock.advance(60 * NOTICE_MS);
  assert.deepEqual(told, []);
});

const reaction = (seq: number, emoji: string | null) => ({
  conversationId: sampleConversation().id,
  messageId: message(seq).id,
  seq,
  userId: 'ben',
  emoji,
});

test('of the reactions of a moment the last one is told, once, and one that was taken back is not', () => {
  const { clock, notices, reacted } = live();
  notices.reacted(reaction(1, '👍'));
  notices.reacted(reaction(2, '❤️'));
  notices.reacted(reaction(2, '🎉'));
  clock.advance(NOTICE_MS);
  assert.deepEqual(reacted, ['2 🎉']);
  notices.reacted(reaction(1, '👍'));
  notices.reacted(reaction(1, null));
  clock.advance(10 * NOTICE_MS);
  assert.deepEqual(reacted, ['2 🎉']);
});

test('reactions of a muted conversation are told only while it is looked at, missed ones never', () => {
  const muted = sampleConversation({ mutedUntil: atMinute(1_000_000) });
  for (const inSight of [false, true]) {
    const { clock, notices, reacted, become } = live({ inSight });
    become(muted);
    notices.reacted(reaction(1, '👍'));
    clock.advance(NOTICE_MS);
    assert.equal(reacted.length, inSight ? 1 : 0);
  }
  const { clock, notices, reacted } = live();
  notices.reacted(reaction(1, '👍'));
  notices.connected(false);
  notices.reacted(reaction(2, '👍'));
  notices.connected(true);
  clock.advance(NOTICE_MS);
  assert.deepEqual(reacted, []);
});
