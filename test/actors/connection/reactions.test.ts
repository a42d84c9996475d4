import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InFlightReactions } from '../../../server/actors/connection/in-flight-reactions.ts';
import { IN_FLIGHT_MAX } from '../../../server/protocol/limits.ts';
import { TIMED_OUT } from '../../../server/runtime/fault.ts';
import type { Reacted } from '../../../server/storage/writes.ts';
import { frame, id, live, ME, open, openLive, page, PEER } from '../../support/connection-stage.ts';

const locations = {
  pair: () => null,
  message: () => ({
    pair: { first: ME, second: PEER },
    conversationId: id(7),
    seq: 3,
    senderId: PEER,
  }),
};
const reaction = (n: number, emoji: string | null = '👍') =>
  frame('reaction', { message_id: id(1), emoji }, n);
/** The writer's answer to a reaction. */
const reacted = (cursor: number, isNew = true): Reacted => ({
  ...{ kind: 'reacted', conversationId: id(7), seq: 3, at: 0, cursor, isNew },
});

test('[M5] the ack of a reaction stands in the stream at its number, and the edge passes the connection over', async () => {
  const { socket, session, context } = await openLive(10, { locations });
  await context.give(reaction(1));
  const asked = context.take('setReaction');
  const { input } = asked.question as unknown as { input: { requestId: string } };
  assert.ok(session.reactions.has(input.requestId));
  await asked.answer(reacted(12));
  assert.ok(!session.reactions.has(input.requestId));
  assert.deepEqual(socket.taken(), []);
  await context.give(live(11));
  assert.deepEqual(socket.sent.at(-1)?.['payload'], {
    ...{ message_id: id(1), conversation_id: id(7), seq: 3 },
    ...{ status: 'reacted', emoji: '👍', at: '1970-01-01T00:00:00.000Z' },
  });
  assert.deepEqual(socket.taken(), ['message 11', 'ack 12']);
});

test('[M5] an ack that waits for its place takes that of the event, whether this is pushed or read from the log', async () => {
  const { socket, context } = await openLive(10, { locations });
  await context.give(live(12));
  await context.give(reaction(1));
  await context.take('setReaction').answer(reacted(12));
  await context.give(live(11));
  assert.deepEqual(socket.taken(), ['message 11', 'ack 12'], 'its event came first, and was held');
  await context.give(reaction(2));
  await context.take('setReaction').answer(reacted(14));
  await context.advance(40);
  await context.take('log').answer(page([13, 14]));
  assert.deepEqual(socket.taken(), ['message 13', 'ack 14']);
});

test('[M5] an ack is not lost while the socket lags, nor when the log no longer holds its event', async () => {
  const { socket, context } = await openLive(10, { locations });
  socket.room = 1;
  await context.give(live(11));
  await context.give(reaction(1));
  await context.take('setReaction').answer(reacted(12));
  socket.room = Infinity;
  await context.give({ type: 'drained' });
  await context.take('log').answer(page([12]));
  assert.deepEqual(socket.taken(), ['message 11', 'ack 12']);
  await context.give(reaction(2));
  await context.take('setReaction').answer(reacted(14));
  await context.advance(40);
  await context.take('log').answer(page([13], false, 14));
  assert.deepEqual(socket.taken(), ['message 13', 'sync', 'ack 14']);
});

test('[M5] nor when a fresh connection reads what is undelivered', async () => {
  const { socket, context } = open({ locations }, 5);
  await context.give({ type: 'open', cursor: null });
  await context.give(reaction(1));
  await context.take('setReaction').answer(reacted(6));
  await context.take('log').answer(page([4], false, 6));
  await context.take('log').answer(page([6]));
  assert.deepEqual(socket.taken(), ['welcome', 'message 4', 'ack 6', 'sync']);
});

test('[M6] what is so already is answered at once with its old cursor', async () => {
  const { socket, context } = await openLive(10, { locations });
  await context.give(reaction(1));
  await context.take('setReaction').answer(reacted(4, false));
  assert.deepEqual(socket.taken(), ['ack 4']);
});

test('[M6] [P1] the answer that nothing had to be changed does not take the place of a message that is still to come', async () => {
  const { socket, context } = open({ locations }, 5);
  await context.give({ type: 'open', cursor: 3 });
  await context.give(reaction(1, null));
  // The user has never reacted to message 4.
  await context.take('setReaction').answer(reacted(4, false));
  await context.take('log').answer(page([4, 5]));
  assert.deepEqual(socket.taken(), ['welcome', 'message 4', 'ack 4', 'message 5', 'sync']);
});

test('[M6] nor does it pass for an event that another host has told this one nothing of', async () => {
  const { socket, context } = await openLive(10, { locations });
  await context.give(reaction(1, null));
  await context.take('setReaction').answer(reacted(12, false));
  assert.deepEqual(socket.taken(), []);
  await context.advance(40);
  await context.take('log').answer(page([11, 12]));
  assert.deepEqual(socket.taken(), ['message 11', 'message 12', 'ack 12']);
});

test('[M5] [M6] each of several gets its answer, two that say the same at the same place', async () => {
  const { socket, context } = await openLive(10, { locations });
  for (const n of [1, 2, 3]) await context.give(reaction(n));
  await context.take('setReaction').answer(reacted(12));
  await context.take('setReaction').answer(reacted(12, false));
  await context.take('setReaction').answer(reacted(13));
  await context.give(live(11));
  assert.deepEqual(socket.taken(), ['message 11', 'ack 12', 'ack 12', 'ack 13']);
});

test('[M7] what is not taken is refused under its code; after the deadline the edge gives the event', async () => {
  const { socket, session, context } = await openLive(10, { locations });
  for (const n of [1, 2, 3]) await context.give(reaction(n));
  await context.take('setReaction').answer({ kind: 'not-found' });
  await context.take('setReaction').answer({ kind: 'conflict' });
  const late = context.take('setReaction');
  const { input } = late.question as unknown as { input: { requestId: string } };
  await late.fail(TIMED_OUT);
  assert.ok(!session.reactions.has(input.requestId));
  assert.deepEqual(
    socket.sent.map(({ payload }) => {
      const { code, ref } = payload as { code: string; ref: string };
      return [code, ref];
    }),
    [
      ['not_found', id(1)],
      ['conflict', id(2)],
      ['unavailable', id(3)],
    ],
  );
});

test('[M4] what is not exactly one emoji is refused, and asks nobody', async () => {
  const { socket, context } = await openLive(10, { locations });
  for (const emoji of ['', 'a', '👍👍', '👍 ', '❤', '1', '☺', '🇩', 5])
    await context.give(frame('reaction', { message_id: id(1), emoji }));
  assert.deepEqual(
    new Set(socket.sent.map(({ payload }) => (payload as { code: string }).code)),
    new Set(['bad_request']),
  );
  assert.equal(socket.sent.length, 9);
  assert.equal(context.asked.length, 0);
  for (const emoji of ['👍', '❤️', '👩🏽‍❤️‍💋‍👨🏿', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', '#️⃣', '🇩🇪', null])
    await context.give(frame('reaction', { message_id: id(1), emoji }));
  assert.equal(context.asked.length, 7);
});

test('[M7] [P9] past 2048 reactions under way the next is refused', async () => {
  const { socket, context } = await openLive(0, { locations });
  for (let n = 1; n <= 2049; n += 1) await context.give(reaction(n));
  assert.equal(context.asked.length, 2048);
  assert.deepEqual(socket.sent[0]?.['payload'], {
    code: 'unavailable',
    message: 'Too many reactions wait for their answer on this connection.',
    ref: id(2049),
  });
});

test('[M7] [P9] acks that wait for one number are bounded too, however often the same reaction is repeated', () => {
  const reactions = new InFlightReactions();
  for (let n = 0; n < IN_FLIGHT_MAX; n += 1) {
    assert.ok(reactions.add(`request ${String(n)}`, 0));
    reactions.settle(`request ${String(n)}`);
    reactions.hold(12, 'ack', true);
  }
  assert.ok(!reactions.add('one more', 0));
  assert.equal(reactions.framesAt(12, 'event')?.length, IN_FLIGHT_MAX);
  assert.ok(reactions.add('one more', 0));
});
