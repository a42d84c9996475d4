import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EdgeMessage } from '../../../server/actors/services/edge.ts';
import { messagesOf, noticeOf } from '../../../server/edge/ws/notice-translation.ts';
import { readNotice } from '../../../server/notifier/notice.ts';
import { NoticeGatherer } from '../../../server/notifier/notice-gatherer.ts';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const TOLD: readonly EdgeMessage[] = [
  { type: 'typing', conversationId: id(1), userId: id(2), peerId: id(3), typing: true },
  { type: 'revoke', userId: id(1), sessionIds: [id(2)], code: 4409, reason: 'session ended' },
  { type: 'evict', userId: id(1), connections: [{ socketId: id(2), hostId: '' }] },
];

for (const message of TOLD)
  test(`[P12] ${message.type}: what one host does, the others do, and the notice passes the wire as it is`, () => {
    const notice = noticeOf(message, new Set());
    assert.ok(notice !== null);
    const gatherer = new NoticeGatherer(10, 7_000);
    gatherer.add(notice);
    const [payload] = gatherer.take();
    assert.ok(payload !== undefined);
    const heard = readNotice(payload);
    assert.ok(heard !== null);
    assert.deepEqual(messagesOf(heard), [message]);
  });

test('[P5] of presence a notice says whose it is and nothing more', () => {
  const notice = noticeOf({ type: 'presence', userId: id(1) }, new Set());
  assert.deepEqual(notice, { presence: [id(1)] });
  assert.deepEqual(messagesOf({ presence: [id(1)] }), [], 'it has to be read first');
});

test('[O11] of connections that gave way, those of this host are told nobody', () => {
  const connections = [id(2), id(3)].map((socketId) => ({ socketId, hostId: '' }));
  const message: EdgeMessage = { type: 'evict', userId: id(1), connections };
  assert.deepEqual(noticeOf(message, new Set([id(2)])), { evicted: [[id(1), id(3)]] });
  assert.equal(noticeOf(message, new Set([id(2), id(3)])), null);
});

test('[P5] messages, events and frames are told nobody: the writer says whose log has grown', () => {
  const quiet: readonly EdgeMessage[] = [
    { type: 'deliver', userId: id(1), cursor: 1, frame: '{}' },
    { type: 'introduce', userId: id(1), peerId: id(2) },
    { type: 'compare', userIds: 'all' },
  ];
  for (const message of quiet) assert.equal(noticeOf(message, new Set()), null, message.type);
});
