import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversationProps } from '../../../server/actors/conversation/conversation.ts';
import type { ConversationMessage } from '../../../server/actors/conversation/messages.ts';
import { RecordedContext } from '../../support/recorded-context.ts';

const open = (): RecordedContext<ConversationMessage> => new RecordedContext(conversationProps.create('a+b'));
test('[R2] receipts are joined while one is written, and written again after a failure', async () => {
  const context = open();
  const mark = async (seq: number) => {
    await context.give({ type: 'mark', readerId: 'a', conversationId: 'c', seq, status: 'read' });
  };
  await mark(1);
  await mark(2);
  await mark(3);
  assert.equal(context.asked.length, 1);
  await context.take('advancePosition').fail({ code: 'unavailable', detail: '' });
  assert.equal(context.asked.length, 0);
  await context.advance(250);
  const again = context.take('advancePosition');
  assert.equal((again.question['input'] as { seq: number }).seq, 3);
  await again.answer({ kind: 'advanced', delivered: 3, read: 3 });
  assert.equal(context.asked.length, 0);
});
