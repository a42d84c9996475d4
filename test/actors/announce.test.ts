import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announce, noticeOfCommit } from '../../server/actors/announce.ts';
import { encodeEvent } from '../../server/protocol/encode.ts';
import type { LoggedEvent } from '../../server/storage/logged-event.ts';
import type { Appended, WriteMessage } from '../../server/storage/writes.ts';
import { appended } from '../support/connection-stage.ts';
import { manualHost } from '../support/hosts.ts';

const append: WriteMessage = {
  type: 'appendMessage',
  input: {
    messageId: 'm',
    pair: { first: 'ann', second: 'bob' },
    senderId: 'bob',
    newConversationId: 'c',
    content: 'hi',
  },
};
const read: LoggedEvent = {
  userId: 'bob',
  event: {
    cursor: 10,
    at: 0,
    type: 'ack',
    payload: { message_id: 'm', conversation_id: 'c', seq: 1, status: 'read', at: '' },
  },
};

/** What the edge is told of one write. */
const toldOf = (
  write: WriteMessage,
  result: Appended | { kind: 'not-found' },
  events: LoggedEvent[] = [],
) => {
  const { host, routed } = manualHost(() => 'shard:0');
  announce(write, { result, events }, host);
  return routed.map(({ envelope }) => {
    assert.ok(envelope.k === 'tell' && envelope.to === 'edge:main');
    return envelope.message;
  });
};

test('[D6] a message is told with its text after the events of its write, then the sender is introduced', () => {
  const { conversationId, seq, sentAt, senderName, senderCursor, recipientCursor } = appended(1, 11);
  const [event, message, introduced, ...rest] = toldOf(append, { ...appended(1, 11), first: true }, [read]);
  assert.deepEqual(event, {
    type: 'deliver',
    userId: 'bob',
    cursor: 10,
    frame: encodeEvent(read.event, '00000000-0000-7000-8000-000000000001'),
  });
  assert.deepEqual(message, {
    type: 'message',
    messageId: 'm',
    senderId: 'bob',
    recipientId: 'ann',
    content: 'hi',
    conversationId,
    seq,
    sentAt,
    senderName,
    senderCursor,
    recipientCursor,
  });
  assert.deepEqual(introduced, { type: 'introduce', userId: 'bob', peerId: 'ann' });
  assert.deepEqual(rest, []);
});

test('[D4] a repeat is not told again; [S7] only whom the sender has just begun to write to', () => {
  assert.deepEqual(toldOf(append, appended(3, 11, true)), []);
  assert.deepEqual(toldOf(append, { ...appended(1, 11, true), first: true }), [
    { type: 'introduce', userId: 'bob', peerId: 'ann' },
  ]);
});

test('what the store refused is told to nobody', () => {
  assert.deepEqual(toldOf(append, { kind: 'not-found' }), []);
});

test('[P12] the other hosts hear whose logs a write has made longer, of repeats too, and nothing of what it says', () => {
  const committed = (result: Appended, events: LoggedEvent[] = []) =>
    noticeOfCommit(append, { result, events });
  assert.deepEqual(committed(appended(1, 11), [read]), {
    users: [
      ['bob', 10],
      ['bob', 11],
      ['ann', 101],
    ],
  });
  assert.deepEqual(committed({ ...appended(1, 11, true), first: true }), {
    users: [
      ['bob', 11],
      ['ann', 101],
    ],
    introduced: [['bob', 'ann']],
  });
  assert.equal(noticeOfCommit(append, { result: { kind: 'not-found' }, events: [] }), null);
});
