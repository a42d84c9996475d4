import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserResource } from '../../../server/protocol/resources/user.ts';
import { isolated, profileOf, shownName, withProfileOf } from '../../../ui/model/person.ts';
import { AT, PEER, profiled } from '../sample.ts';

const NONE = { displayName: null, about: null, avatar: null };
const GONE = { id: PEER, username: 'Deleted User', deleted: true } as const;

test('who says nothing of themselves has no profile: a deleted user, and one of a server or a row from before', () => {
  const before = { id: PEER, username: 'peer', created_at: AT, status: null, last_seen: null };
  for (const user of [GONE, before as UserResource, profiled(null)]) {
    assert.deepEqual(profileOf(user), NONE);
    assert.equal(shownName(user), user.username);
  }
  assert.equal(shownName(profiled('Peer P.')), 'Peer P.');
});

test('a newer profile is taken over, and nothing else of that user', () => {
  const held = profiled('Old', { status: 'offline', last_seen: AT });
  const fresh = profiled('New', { about: 'Hello', avatar: 'v2' });
  assert.deepEqual(withProfileOf(held, fresh), { ...fresh, status: 'offline', last_seen: AT });
  assert.equal(withProfileOf(fresh, fresh), fresh);
});

test('in a sentence, a name that may turn its direction stands in an isolate', () => {
  assert.equal(isolated('Zoë Müller-Łuk 2'), 'Zoë Müller-Łuk 2');
  for (const name of ['أحمد', 'דוד', 'Ada \u200f!', '🙂 א'])
    assert.equal(isolated(name), `\u2068${name}\u2069`);
});
