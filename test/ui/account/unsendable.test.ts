import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withConversation } from '../../../ui/model/model.ts';
import { unsendable } from '../../../ui/account/unsendable.ts';
import { CHAT, idOf, message, PEER, sampleConversation, sampleModel } from '../sample.ts';

const NONE: ReadonlySet<string> = new Set();
const GONE = idOf(77);

test('drafts and refused messages without a conversation can not be sent, those that wait may still be', () => {
  const waits = { ...message(null, true), conversationId: GONE };
  const refused = { ...waits, id: idOf(5), failure: 'not_found' } as const;
  const model = {
    ...sampleModel(),
    pending: [waits, refused, { ...refused, id: idOf(6), conversationId: CHAT }],
  };
  const drafts = new Map([
    [CHAT, 'in a conversation'],
    [GONE, 'in none'],
  ]);
  assert.deepEqual(unsendable(model, drafts, NONE), [
    { conversationId: GONE, id: idOf(5), text: 'text', isReply: false },
    { conversationId: GONE, id: null, text: 'in none', isReply: false },
  ]);
  assert.deepEqual(unsendable(model, drafts, new Set([GONE])), []);
});

test('a draft for a deleted account can not be sent; its refused messages are in the conversation', () => {
  const deleted = { id: PEER, deleted: true } as never;
  const model = withConversation(sampleModel(), sampleConversation({ peer: deleted }));
  const pending = [{ ...message(null, true), failure: 'conflict' } as const];
  assert.deepEqual(unsendable({ ...model, pending }, new Map([[CHAT, 'never sent']]), NONE), [
    { conversationId: CHAT, id: null, text: 'never sent', isReply: false },
  ]);
});

test('[M1] a refused reply could be sent if it were none', () => {
  const replyTo = { messageId: idOf(1), seq: 1 };
  const pending = [
    { ...message(null, true), conversationId: GONE, failure: 'bad_request', replyTo } as const,
  ];
  assert.deepEqual(
    unsendable({ ...sampleModel(), pending }, new Map(), NONE).map(({ isReply }) => isReply),
    [true],
  );
});
