import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RemotePresence, WAITING_MAX } from '../../../server/edge/ws/remote-presence.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import type { SeenPresence } from '../../../server/storage/reads.ts';
import { settled } from '../../support/settled.ts';

const NOW = 1_000_000;

/** Users whose presence is stored, by when it changed. */
const open = () => {
  const stored = new Map<string, SeenPresence>();
  const asked: (readonly [name: string, ...args: readonly unknown[]])[] = [];
  const told: string[] = [];
  const state = { isAway: false, incomplete: 0 };
  const read = (name: string, ...args: readonly unknown[]): Promise<unknown> => {
    asked.push([name, ...args]);
    if (state.isAway) return Promise.reject(new ParleyError('unavailable', 'Not now.'));
    if (name === 'seenPresence') {
      const [userIds] = args as [readonly string[]];
      return Promise.resolve(userIds.flatMap((userId) => stored.get(userId) ?? []));
    }
    const [at, { after, limit }] = args as [number, { after: string | null; limit: number }];
    const changed = [...stored.values()].filter(({ lastSeen }) => (lastSeen ?? 0) >= at);
    const ids = changed.map(({ userId }) => userId).sort();
    return Promise.resolve(ids.filter((userId) => userId > (after ?? '')).slice(0, limit));
  };
  const presence = new RemotePresence(
    {
      read: read as never,
      tell: ({ userId, status }) => void told.push(`${userId} ${status}`),
      conceal: (userId, peerId) => void told.push(`${userId} hides from ${peerId}`),
      onIncomplete: () => void (state.incomplete += 1),
    },
    NOW,
  );
  const set = (userId: string, status: 'online' | 'offline', lastSeen: number): SeenPresence => {
    const seen = { userId, status, lastSeen, observers: ['ben'] };
    stored.set(userId, seen);
    return seen;
  };
  return { presence, set, asked, told, state };
};

test('[S7] what another host has changed is told as the store has it, and not again until it changes', async () => {
  const { presence, set, told } = open();
  set('ann', 'online', NOW);
  presence.changed(['ann', 'nobody']);
  await settled();
  presence.changed(['ann']);
  await settled();
  await presence.compare(NOW + 1_000);
  assert.deepEqual(told, ['ann online']);
  set('ann', 'offline', NOW + 2_000);
  await presence.compare(NOW + 3_000);
  assert.deepEqual(told, ['ann online', 'ann offline']);
  presence.told(set('ann', 'online', NOW + 4_000));
  await presence.compare(NOW + 5_000);
  assert.equal(told.length, 2, 'this host has told it itself');
});

test('[S7] what comes after something newer is read again, and what is stored is told last', async () => {
  const { presence, set, told } = open();
  presence.told(set('ann', 'offline', NOW + 2));
  presence.told({ userId: 'ann', status: 'online', lastSeen: NOW + 1, observers: ['ben'] });
  await settled();
  assert.deepEqual(told, ['ann offline']);
  set('ann', 'online', NOW + 1);
  presence.changed(['ann']);
  await settled();
  assert.deepEqual(told, ['ann offline', 'ann online'], 'a clock that was set back does not matter');
});

test('[S7] whoever sees somebody for the first time is told, also what others know already', async () => {
  const { presence, set, told } = open();
  set('ann', 'online', NOW);
  presence.changed(['ann']);
  // The question for it has begun before: its answer does not name the new observer.
  presence.introduced('ann', 'ben');
  await settled();
  assert.deepEqual(told, ['ann online', 'ann online']);
  presence.changed(['ann']);
  await settled();
  assert.equal(told.length, 2);
});

test('[B3] whoever no longer sees somebody is told so, and only they', async () => {
  const { presence, set, told } = open();
  set('ann', 'online', NOW);
  presence.introduced('ann', 'cid');
  await settled();
  assert.deepEqual(told, ['ann hides from cid', 'ann online']);
  presence.introduced('ann', 'ben');
  await settled();
  assert.deepEqual(told.slice(2), ['ann online']);
});

test('[H1] a comparison finds everybody who has changed, page by page, and nobody from long before', async () => {
  const { presence, set, told } = open();
  for (let i = 0; i < 2_500; i += 1) set(`user-${String(i).padStart(5, '0')}`, 'online', NOW + i);
  set('old', 'online', NOW - 60_000);
  await presence.compare(NOW + 3_000);
  assert.equal(told.length, 2_500);
});

test('[P8] what could not be read is not lost: the comparison begins where the last one did', async () => {
  const { presence, set, told, state } = open();
  set('ann', 'online', NOW);
  state.isAway = true;
  presence.changed(['ann']);
  await settled();
  assert.equal(state.incomplete, 1);
  await assert.rejects(presence.compare(NOW + 60_000), { code: 'unavailable' });
  state.isAway = false;
  await presence.compare(NOW + 61_000);
  assert.deepEqual(told, ['ann online']);
});

test('[P9] at its bound it forgets who comes on top, and a comparison is asked for', async () => {
  const { presence, asked, state } = open();
  presence.changed(Array.from({ length: WAITING_MAX + 2 }, (_, i) => `user-${String(i)}`));
  assert.equal(state.incomplete, 2);
  await settled();
  const users = asked.flatMap(([, userIds]) => userIds as readonly string[]);
  assert.ok(new Set(users).size <= WAITING_MAX);
});
