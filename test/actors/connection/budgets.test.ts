import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLIENT_FRAME_EXAMPLES } from '../../../server/edge/api/documents/frame-words.ts';
import { CLIENT_FRAMES, type ClientFrameType } from '../../../server/protocol/client-frames.ts';
import { frame, id, ME, openLive, PEER } from '../../support/connection-stage.ts';

const PAIR = { first: ME, second: PEER };
/** Where the examples of the API documents are, for the user of this connection. */
const locations = {
  pair: () => PAIR,
  message: () => null,
};

/** What a connection asks of its user's budgets for one frame, and what it says when both are used up. */
const sendOver = async (type: ClientFrameType) => {
  const asked: string[] = [];
  const take = (budget: string) => () => {
    asked.push(budget);
    return false;
  };
  const { context, socket } = await openLive(0, {
    locations,
    maySend: take('send'),
    maySignal: take('signal'),
  });
  await context.give(frame(type, CLIENT_FRAME_EXAMPLES[type]));
  return { asked, told: socket.taken() };
};

/** To whom a connection turns for one frame while both budgets last: whom it asks, and what it tells. */
const sendWithin = async (type: ClientFrameType) => {
  const { context, receipts } = await openLive(0, {
    locations: {
      ...locations,
      message: () => ({ pair: PAIR, conversationId: id(7), seq: 1, senderId: PEER }),
    },
  });
  await context.give(frame(type, CLIENT_FRAME_EXAMPLES[type]));
  return {
    asked: context.asked.map(({ to, question }) => `${to} ${question.type}`),
    told: [
      ...receipts.map(({ status }) => `receipt ${status}`),
      ...context.told.map(({ to, message }) => `${to.split(':')[0] ?? ''} ${message.type}`),
    ],
  };
};

/** What frames without the budget `send` may tell others, and why that is bounded without it. */
const TOLD: Partial<Record<ClientFrameType, string>> = {
  // Receipts are written one at a time for each user and conversation, and those that come meanwhile are joined [R2].
  ack: 'receipt read',
  // Passed on and not stored.
  typing: 'conversation typing',
};

for (const [type, { budget }] of Object.entries(CLIENT_FRAMES)) {
  test(`a ${type} frame takes from the budget that its table names: ${budget} [R3] [R4]`, async () => {
    const { asked, told } = await sendOver(type as ClientFrameType);
    assert.deepEqual(asked, budget === 'none' ? [] : [budget]);
    if (budget === 'send') assert.deepEqual(told, ['error']);
    // Nobody is told what was typed; a change of visibility must not be believed when it was refused.
    if (budget === 'signal') assert.deepEqual(told, type === 'presence' ? ['error'] : []);
  });
}

for (const [type, { budget }] of Object.entries(CLIENT_FRAMES)) {
  if (budget === 'send') continue;
  test(`a ${type} frame, which takes nothing from the budget for sending, leads to no write but a merged receipt [R2] [R3]`, async () => {
    const { asked, told } = await sendWithin(type as ClientFrameType);
    assert.deepEqual(
      asked.filter((each) => each.startsWith('writer:')),
      [],
      'it asks the writer, so its budget has to be `send`',
    );
    const allowed = TOLD[type as ClientFrameType];
    assert.deepEqual(told, allowed === undefined ? [] : [allowed]);
  });
}

test('a message frame asks the writer [R3]', async () => {
  assert.deepEqual((await sendWithin('message')).asked, ['writer:main appendMessage']);
});

test('so does a reaction, and nobody else is told [M7]', async () => {
  const { asked, told } = await sendWithin('reaction');
  assert.deepEqual([asked, told], [['writer:main setReaction'], []]);
});
