import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversationProps } from '../../server/actors/conversation.ts';
import type { ConversationMessage } from '../../server/actors/refs.ts';
import { RecordedContext } from '../support/recorded-context.ts';

const open = (): RecordedContext<ConversationMessage> =>
  new RecordedContext(conversationProps({ conversationState: () => null }).create('a+b'));
const post = (messageId: string, content = 'hello') =>
  ({ type: 'post', messageId, senderId: 'b', content, socketId: 's1' }) as const;
const appended = (seq: number, duplicate = false) => ({
  kind: 'appended',
  conversationId: 'c',
  seq,
  sentAt: 1000,
  senderCursor: 10 + seq,
  recipientCursor: 20 + seq,
  senderName: 'bea',
  duplicate,
  events: [],
});

test('[D1] nothing is answered or told before the writer has committed', () => {
  const context = open();
  const token = context.put(post('m1'));
  assert.equal(context.answers.length, 0);
  assert.equal(context.told.length, 0);
  context.take('appendMessage').answer(appended(1));
  assert.deepEqual(context.answers, [
    { token, answer: { conversationId: 'c', seq: 1, sentAt: 1000, cursor: 11, duplicate: false } },
  ]);
  assert.equal(context.told.length, 1);
  const posted = context.told[0];
  assert.ok(posted);
  assert.equal(posted.to, 'edge:main');
  assert.deepEqual(
    [
      posted.message['recipientId'],
      posted.message['recipientCursor'],
      posted.message['senderCursor'],
      posted.message['except'],
    ],
    ['a', 21, 11, 's1'],
  );
});

test('[D4] a repeat gets the first answer and is told to nobody', () => {
  const context = open();
  context.put(post('m1'));
  context.take('appendMessage').answer(appended(1, true));
  assert.equal((context.answers[0]?.answer as { seq: number }).seq, 1);
  assert.equal(context.told.length, 0);
});

test('messages reach the writer in the order they came', () => {
  const context = open();
  for (const id of ['m1', 'm2', 'm3']) context.put(post(id));
  const ids = context.asked.map(({ question }) => (question['input'] as { messageId: string }).messageId);
  assert.deepEqual(ids, ['m1', 'm2', 'm3']);
});

test('a refusal of the store reaches the sender under its code', () => {
  const context = open();
  context.put(post('m1'));
  context.take('appendMessage').answer({ kind: 'not-found' });
  context.put(post('m2'));
  context.take('appendMessage').answer({ kind: 'conflict', reason: 'id-taken' });
  context.put(post('m3'));
  context.take('appendMessage').fail({ code: 'unavailable', detail: 'gone' });
  assert.deepEqual(
    context.answers.map(({ fault }) => fault?.code),
    ['not_found', 'conflict', 'unavailable'],
  );
});

test('[P9] past 4096 messages under way the next is refused, and taken again once one is answered', () => {
  const context = open();
  for (let i = 0; i < 4096; i += 1) context.put(post(`m${i}`));
  const refused = context.put(post('late'));
  assert.deepEqual(
    context.answers.map(({ token, fault }) => [token, fault?.code]),
    [[refused, 'unavailable']],
  );
  context.take('appendMessage').answer(appended(1));
  context.put(post('again'));
  assert.equal(context.answers.filter(({ fault }) => fault !== undefined).length, 1);
});

test('[R2] receipts are joined while one is written, and written again after a failure', () => {
  const context = open();
  const mark = (seq: number) => {
    context.give({ type: 'mark', readerId: 'a', conversationId: 'c', seq, status: 'read' });
  };
  mark(1);
  mark(2);
  mark(3);
  assert.equal(context.asked.length, 1);
  context.take('advanceMark').fail({ code: 'unavailable', detail: '' });
  assert.equal(context.asked.length, 0);
  context.clock.advance(250);
  const again = context.take('advanceMark');
  assert.equal((again.question['input'] as { seq: number }).seq, 3);
  again.answer({ kind: 'marked', events: [] });
  assert.equal(context.asked.length, 0);
});
