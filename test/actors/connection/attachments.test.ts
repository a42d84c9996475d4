import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appended, frame, id, openLive, PEER } from '../../support/connection-stage.ts';

const [ONE, TWO] = [id(21), id(22)];
const message = (n: number, attachments?: readonly string[], content = '') =>
  frame('message', { recipient_id: PEER, content, ...(attachments && { attachments: [...attachments] }) }, n);

test('[G3] a message names its attachments to the store, and one without any names none', async () => {
  const { context } = await openLive(10);
  await context.give(message(1, [TWO, ONE]));
  const { input } = context.take('appendMessage').question as unknown as { input: object };
  assert.deepEqual('attachments' in input && input.attachments, [TWO, ONE]);
  await context.give(message(2, undefined, 'plain'));
  const plain = context.take('appendMessage').question as unknown as { input: object };
  assert.ok(!('attachments' in plain.input));
});

test('[D4] [G3] a repeat in flight with other attachments is a conflict, and the same one is answered', async () => {
  const { socket, context } = await openLive(10);
  await context.give(message(1, [ONE, TWO], 'text'));
  for (const other of [[TWO, ONE], [ONE], undefined]) {
    await context.give(message(1, other, 'text'));
    const { code } = socket.sent.at(-1)?.['payload'] as { code: string };
    assert.equal(code, 'conflict', JSON.stringify(other));
  }
  await context.give(message(1, [ONE, TWO], 'text'));
  assert.equal(context.asked.length, 2);
  socket.taken();
  await context.take('appendMessage').answer(appended(3, 11));
  await context.take('appendMessage').answer(appended(3, 11, true));
  assert.deepEqual(socket.taken(), ['ack 11', 'ack 11']);
});

test('[G3] attachments that the store refuses are a bad request, and the connection goes on', async () => {
  const { socket, context } = await openLive(10);
  await context.give(message(1, [ONE]));
  await context.take('appendMessage').answer({ kind: 'bad-attachment' });
  const { code, message: detail } = socket.sent.at(-1)?.['payload'] as { code: string; message: string };
  assert.deepEqual([code, detail.split(':')[0]], ['bad_request', 'payload.attachments']);
  socket.taken();
  await context.give(message(1, [TWO]));
  await context.take('appendMessage').answer(appended(3, 11));
  assert.deepEqual(socket.taken(), ['ack 11']);
});
