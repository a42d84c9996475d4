import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutRemoved } from '../../../ui/model/edit.ts';
import { isCrossed, mergeConversation } from '../../../ui/model/from-wire.ts';
import { emptyModel, type Conversation, type Message } from '../../../ui/model/model.ts';
import { profiled } from '../sample.ts';

const AT = '2026-01-01T00:00:00.000Z';

const message = (seq: number): Message => ({
  id: `m${String(seq)}`,
  conversationId: 'c',
  seq,
  mine: false,
  content: String(seq),
  sentAt: AT,
  failure: null,
  replyTo: null,
  reactions: [],
  attachments: [],
});

const conversation = (firstSeq: number, lastSeq: number): Conversation => ({
  id: 'c',
  peer: profiled(null, { id: 'p', status: null }),
  createdAt: AT,
  activity: 1,
  lastMessage: lastSeq < firstSeq ? null : message(lastSeq),
  lastSeq,
  firstSeq,
  removedUntil: firstSeq === 1 ? null : AT,
  pinned: false,
  archived: false,
  mutedUntil: null,
  unread: 0,
  deliveredSeq: { me: 0, peer: 0 },
  readSeq: { me: 0, peer: 0 },
  deliveredMarks: [],
  readMarks: [],
});

const loaded = (from: number, to: number) => ({
  ...emptyModel('me'),
  timelines: new Map([
    [
      'c',
      {
        messages: Array.from({ length: to - from + 1 }, (_, n) => message(from + n)),
        older: from > 1,
        newer: false,
      },
    ],
  ]),
});

const seqsIn = (model: ReturnType<typeof withoutRemoved>) =>
  model.timelines.get('c')?.messages.map(({ seq }) => seq);

test('[C8] of what is loaded, only what was removed goes', () => {
  const model = withoutRemoved(loaded(3, 8), conversation(6, 8));
  assert.deepEqual(seqsIn(model), [6, 7, 8]);
  assert.equal(model.timelines.get('c')?.older, false, 'nothing older is asked for');
  const before = loaded(6, 8);
  assert.equal(withoutRemoved(before, conversation(4, 8)).timelines, before.timelines);
});

test('[C8] a run of which nothing is left is empty, or loaded again if there is something newer', () => {
  assert.deepEqual(seqsIn(withoutRemoved(loaded(3, 8), conversation(9, 8))), []);
  assert.equal(seqsIn(withoutRemoved(loaded(3, 8), conversation(20, 25))), undefined);
});

test('[C8] where a conversation begins never goes back, whichever answer comes last', () => {
  const [held, fresh] = [conversation(6, 8), conversation(1, 8)];
  for (const merged of [mergeConversation(held, fresh), mergeConversation(fresh, held)])
    assert.deepEqual([merged.firstSeq, merged.removedUntil], [6, AT]);
  const emptied = mergeConversation(conversation(1, 8), { ...conversation(9, 8), lastSeq: 7 });
  assert.equal(emptied.lastMessage, null, 'the last message was removed');
});

test('[C7] what was removed is not unread, though the server was never told how far one has read', () => {
  const held = { ...conversation(1, 4), unread: 3, readSeq: { me: 1, peer: 0 } };
  assert.equal(mergeConversation(held, conversation(5, 4)).unread, 0);
  const left = { ...conversation(4, 4), unread: 1 };
  assert.equal(mergeConversation(held, left).unread, 1);
  // What is read is further than what was removed.
  const read = { ...conversation(1, 4), unread: 1, readSeq: { me: 3, peer: 0 } };
  assert.equal(mergeConversation(read, { ...conversation(2, 4), unread: 2 }).unread, 1);
  // An answer that does not know the newest message, and what was removed: neither side knows.
  const answer = { last_seq: 4, first_seq: 5, removed_until: AT, read_seq: { me: 0, peer: 0 } } as never;
  assert.equal(isCrossed({ ...held, lastSeq: 6 }, answer), true);
  assert.equal(isCrossed(held, answer), false);
});
