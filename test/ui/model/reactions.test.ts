import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerFrame } from '../../../server/protocol/server-frames.ts';
import { apply } from '../../../ui/model/apply.ts';
import { isReplyRefused, retryPending } from '../../../ui/model/edit.ts';
import { toMessage } from '../../../ui/model/from-wire.ts';
import type { Message, Model, Timeline } from '../../../ui/model/model.ts';
import { reacted, shownReactions } from '../../../ui/model/reactions.ts';
import {
  ackFrame,
  CHAT,
  idOf,
  ME,
  message,
  PEER,
  reactionFrame,
  sampleModel,
  wireMessage,
} from '../sample.ts';

const after = (model: Model, ...frames: ServerFrame[]): Model =>
  frames.reduce((held, frame) => apply(held, frame, 0).model, model);

const runOf = (...messages: Message[]): Timeline => ({ messages, older: false, newer: false });
const loaded = (): Model => ({
  ...sampleModel({ lastSeq: 3, lastMessage: message(3) }),
  timelines: new Map([[CHAT, runOf(message(2), message(3))]]),
  detours: new Map([[CHAT, runOf(message(1), message(2))]]),
});
const reactionsTo = (model: Model, seq: number): readonly (readonly string[])[] =>
  [model.timelines, model.detours].flatMap(
    (runs) =>
      runs
        .get(CHAT)
        ?.messages.filter((each) => each.seq === seq)
        .map(({ reactions }) =>
          reactions.map(({ userId, emoji }) => `${userId === ME ? 'me' : 'peer'} ${emoji}`),
        ) ?? [],
  );

test('[M4] a user has one reaction: a later one replaces it and comes last, null takes it back', () => {
  const first = reacted([], PEER, '👍');
  const both = reacted(first, ME, '❤️');
  assert.deepEqual(both, [
    { userId: PEER, emoji: '👍' },
    { userId: ME, emoji: '❤️' },
  ]);
  assert.deepEqual(
    reacted(both, PEER, '😂').map(({ userId }) => userId),
    [ME, PEER],
  );
  assert.deepEqual(reacted(both, PEER, null), [{ userId: ME, emoji: '❤️' }]);
});

test('a reaction that is there already changes nothing, not even the array', () => {
  const held = reacted([], PEER, '👍');
  assert.equal(reacted(held, PEER, '👍'), held);
  assert.equal(reacted(held, ME, null), held);
});

test('the event reaches the message in every loaded run, and the last message of the list', () => {
  const model = after(loaded(), reactionFrame(1, 2, '👍'), reactionFrame(2, 3, '😂'));
  assert.deepEqual(reactionsTo(model, 2), [['peer 👍'], ['peer 👍']]);
  assert.deepEqual(reactionsTo(model, 3), [['peer 😂']]);
  assert.deepEqual(model.conversations.get(CHAT)?.lastMessage?.reactions, [{ userId: PEER, emoji: '😂' }]);
});

test('[M8] a reaction is no message: nothing unread, no other order, no other last message', () => {
  const before = loaded();
  const { model, effects } = apply(before, reactionFrame(9, 2, '👍'), 0);
  assert.equal(model.conversations.get(CHAT), before.conversations.get(CHAT));
  assert.deepEqual(
    effects.map(({ type }) => type),
    ['reacted'],
  );
});

test('a reaction to a message that is not loaded, or of another history, changes nothing', () => {
  const before = loaded();
  assert.equal(apply(before, reactionFrame(1, 90, '👍'), 0).model, before);
  const frame = reactionFrame(1, 2, '👍') as Extract<ServerFrame, { type: 'reaction' }>;
  const other = { ...frame, payload: { ...frame.payload, message_id: idOf(77) } };
  assert.equal(apply(before, other, 0).model, before);
  const unknown = { ...frame, payload: { ...frame.payload, conversation_id: idOf(88) } };
  assert.equal(apply(before, unknown, 0).model, before);
});

test('[P2] the same events twice change nothing', () => {
  const events = [reactionFrame(1, 2, '👍'), reactionFrame(2, 2, '❤️', ME), reactionFrame(3, 2, null)];
  const once = after(loaded(), ...events);
  assert.deepEqual(after(once, ...events), once);
});

test('an ack `reacted` changes no position of the conversation', () => {
  const before = loaded();
  const { model, effects } = apply(before, ackFrame(5, 2, 'reacted'), 0);
  const answered = {
    type: 'reactionStored',
    conversationId: CHAT,
    messageId: idOf(2),
    seq: 2,
    emoji: undefined,
  };
  assert.equal(model, before);
  assert.deepEqual(effects, [{ ...answered, isOld: false }]);
  const old = apply({ ...before, cursor: 9 }, ackFrame(5, 2, 'reacted'), 0);
  assert.deepEqual(old.effects, [{ ...answered, isOld: true }]);
});

test('what the user has just chosen is shown over what is stored', () => {
  const held = { ...message(2), reactions: [{ userId: ME, emoji: '👍' }] };
  const wanted = (emoji: string | null) => new Map([[idOf(2), { conversationId: CHAT, seq: 2, emoji }]]);
  assert.equal(shownReactions(held, new Map(), ME), held.reactions);
  assert.deepEqual(shownReactions(held, wanted('😂'), ME), [{ userId: ME, emoji: '😂' }]);
  assert.deepEqual(shownReactions(held, wanted(null), ME), []);
});

test('a message comes with its reply and its reactions; from an older server, without', () => {
  const wire = {
    ...wireMessage(5, false),
    reply_to: { message_id: idOf(2), seq: 2 },
    reactions: [{ user_id: ME, emoji: '👍' }],
  };
  const { replyTo, reactions } = toMessage(wire, ME);
  assert.deepEqual([replyTo, reactions], [{ messageId: idOf(2), seq: 2 }, [{ userId: ME, emoji: '👍' }]]);
  const { reply_to: _reply, reactions: _reactions, ...old } = wire;
  const plain = toMessage(old as typeof wire, ME);
  assert.deepEqual([plain.replyTo, plain.reactions], [null, []]);
});

test('[M1] a refused reply becomes an ordinary message when it is sent again; any other refusal keeps it', () => {
  const replyTo = { messageId: idOf(2), seq: 2 };
  const written = (failure: Message['failure']): Message => ({ ...message(null, true), failure, replyTo });
  const retriedAs = (failure: Message['failure']) =>
    retryPending({ ...sampleModel(), pending: [written(failure)] }, idOf(999)).pending[0];
  assert.deepEqual(retriedAs('bad_request'), { ...written(null), replyTo: null });
  assert.deepEqual(retriedAs('conflict'), written(null));
  assert.equal(isReplyRefused({ ...written('bad_request'), replyTo: null }), false);
});
