import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeConversation } from '../../../ui/model/from-wire.ts';
import type { Conversation } from '../../../ui/model/model.ts';

const LATER = '2026-12-01T12:00:00.000Z';
const profile = { display_name: null, about: null, avatar: null };
const peer = { id: 'ben', username: 'ben', created_at: LATER, status: null, last_seen: null, ...profile };

const snapshot = (lastSeq: number, change: Partial<Conversation> = {}): Conversation => ({
  ...{ id: 'talk', peer, createdAt: LATER, activity: 1, lastMessage: null, lastSeq, unread: 0 },
  ...{ firstSeq: 1, removedUntil: null, pinned: false, archived: false, mutedUntil: null },
  ...{ deliveredSeq: { me: 0, peer: 0 }, readSeq: { me: 0, peer: 0 }, deliveredMarks: [], readMarks: [] },
  ...change,
});
const online = { ...peer, status: 'online', last_seen: LATER } as const;

test('a list that was overtaken by a later answer does not hide the status that came with it', () => {
  const known = snapshot(3, { peer: online });
  const merged = mergeConversation(known, snapshot(2, { peer: { ...peer, username: 'ben.2' } }));
  assert.deepEqual(merged.peer, { ...online, username: 'ben.2' });
});

test('whoever says a status is believed, and so is a snapshot that is as new and has none', () => {
  const offline = { ...online, status: 'offline' } as const;
  for (const [seq, said] of [
    [2, offline],
    [3, offline],
    [3, peer],
  ] as const)
    assert.deepEqual(
      mergeConversation(snapshot(3, { peer: online }), snapshot(seq, { peer: said })).peer,
      said,
    );
});

test('[P7] a user who was deleted in an old snapshot stays deleted', () => {
  const deleted = { id: 'ben', username: 'Deleted User', deleted: true } as const;
  assert.deepEqual(
    mergeConversation(snapshot(3, { peer: online }), snapshot(2, { peer: deleted })).peer,
    deleted,
  );
});
