import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversationProps } from '../../../server/actors/conversation/conversation.ts';
import type { ConversationMessage } from '../../../server/actors/conversation/messages.ts';
import { RecordedContext } from '../../support/recorded-context.ts';

test('[R3] who is typing is told to the other of the two', async () => {
  const context = new RecordedContext<ConversationMessage>(conversationProps.create('a+b'));
  for (const userId of ['a', 'b'])
    await context.give({ type: 'typing', userId, conversationId: 'c', typing: true });
  assert.deepEqual(
    context.told.map(({ to, message }) => [to, message]),
    [
      ['edge:main', { type: 'typing', conversationId: 'c', userId: 'a', peerId: 'b', typing: true }],
      ['edge:main', { type: 'typing', conversationId: 'c', userId: 'b', peerId: 'a', typing: true }],
    ],
  );
});
