import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversationProps } from '../../server/actors/conversation.ts';
import type { ConversationMessage } from '../../server/actors/refs.ts';
import { RecordedContext } from '../support/recorded-context.ts';

const open = (): RecordedContext<ConversationMessage> =>
  new RecordedContext(conversationProps({ conversationState: () => null }).create('a+b'));
const post = (messageId: string) => ({ type: 'post', messageId, senderId: 'b', content: 'hello' }) as const;

test('[D1] a post is answered by the writer alone, whatever it says', () => {
  const context = open();
  const first = context.put(post('m1'));
  const second = context.put(post('m2'));
  assert.deepEqual(context.answers, []);
  context.take('appendMessage').answer({ kind: 'not-found' });
  context.take('appendMessage').fail({ code: 'unavailable', detail: 'gone' });
  assert.deepEqual(context.answers, [
    { token: first, answer: { kind: 'not-found' } },
    { token: second, fault: { code: 'unavailable', detail: 'gone' } },
  ]);
  assert.deepEqual(context.told, []);
});

test('messages reach the writer in the order they came', () => {
  const context = open();
  for (const id of ['m1', 'm2', 'm3']) context.put(post(id));
  const ids = context.asked.map(({ question }) => (question['input'] as { messageId: string }).messageId);
  assert.deepEqual(ids, ['m1', 'm2', 'm3']);
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
  again.answer({ kind: 'marked' });
  assert.equal(context.asked.length, 0);
});
