import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PresenceTeller, READ_AGAIN_MS, WAITING_MAX } from '../../../server/edge/ws/presence-teller.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import type { SeenPresence } from '../../../server/storage/reads.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';

type Change = readonly [at: number, userId: string, peerId: string];

/** Users whose presence is stored, by when it changed, and who has blocked or unblocked whom. */
const open = () => {
  const clock = new ManualClock();
  const start = clock.now();
  const stored = new Map<string, SeenPresence>();
  const changes: Change[] = [];
  const asked: (readonly string[])[] = [];
  const told: string[] = [];
  const state = { isAway: false, incomplete: 0, connected: new Set(['ben', 'cid', 'dan']) };
  /** Questions whose answer is held back, as it was when they were asked. */
  const held: (() => void)[] = [];
  const answer = (name: string, args: readonly unknown[]): unknown => {
    if (name === 'seenPresence') return asked.at(-1)?.flatMap((userId) => stored.get(userId) ?? []);
    const [at, { after, limit }] = args as [number, { after: string | null; limit: number }];
    if (name === 'blocksChangedSince') {
      const found = changes.filter((change) => change[0] >= at).slice(Number(after ?? 0));
      const next = found.length > limit ? String(Number(after ?? 0) + limit) : null;
      return { pairs: found.slice(0, limit).map(([, ...pair]) => pair), next };
    }
    const changed = [...stored.values()].filter(({ lastSeen }) => (lastSeen ?? 0) >= at);
    const ids = changed.map(({ userId }) => userId).sort();
    return ids.filter((userId) => userId > (after ?? '')).slice(0, limit);
  };
  let isHolding = false;
  const read = (name: string, ...args: readonly unknown[]): Promise<unknown> => {
    if (name === 'seenPresence') asked.push(args[0] as readonly string[]);
    if (state.isAway) return Promise.reject(new ParleyError('unavailable', 'Not now.'));
    const found = answer(name, args);
    if (!isHolding) return Promise.resolve(found);
    return new Promise((resolve) =>
      held.push(() => {
        resolve(found);
      }),
    );
  };
  const teller = new PresenceTeller({
    read: read as never,
    clock,
    tell: ({ userId, status }, userIds) =>
      void told.push(`${userId} ${String(status)} to ${userIds.join(' ')}`),
    isConnected: (userId) => state.connected.has(userId),
    disconnect: (userId) => void told.push(`${userId} is disconnected`),
    onIncomplete: () => {
      state.incomplete += 1;
      return ['everybody'];
    },
  });
  /** Those who do not see it are blocked; nobody but eve has never written to dan. */
  const set = (userId: string, status: 'online' | 'offline', at: number, ...observers: string[]): void => {
    const hiddenFrom = ['ben', 'cid', 'dan'].filter((each) => !observers.includes(each));
    if (userId === 'eve') hiddenFrom.pop();
    stored.set(userId, { userId, status, lastSeen: start + at, observers, hiddenFrom });
  };
  const block = (at: number, userId: string, peerId: string): void =>
    void changes.push([start + at, userId, peerId]);
  const hold = (): void => {
    isHolding = true;
  };
  const release = async (): Promise<void> => {
    isHolding = false;
    for (const each of held.splice(0)) each();
    await settled();
  };
  const compare = (at: number): Promise<void> => teller.compare(start + at);
  return { teller, clock, set, block, asked, told, state, hold, release, compare };
};

test('[S7] a change is told as the store has it, and not again until it changes', async () => {
  const { teller, set, told, compare } = open();
  set('ann', 'online', 0, 'ben');
  teller.changed(['ann', 'nobody']);
  await settled();
  teller.changed(['ann']);
  await settled();
  await compare(1_000);
  assert.deepEqual(told, ['ann online to ben']);
  set('ann', 'offline', 2_000, 'ben');
  await compare(3_000);
  assert.deepEqual(told, ['ann online to ben', 'ann offline to ben']);
  set('ann', 'online', -60_000, 'ben');
  teller.changed(['ann']);
  await settled();
  assert.equal(told.at(-1), 'ann online to ben', 'a clock that was set back does not matter');
});

test('[S7] what has changed while it was read is read again, and told last', async () => {
  const { teller, set, told, hold, release } = open();
  set('ann', 'online', 0, 'ben');
  hold();
  teller.changed(['ann']);
  set('ann', 'offline', 1, 'ben');
  teller.changed(['ann']);
  await release();
  assert.deepEqual(told, ['ann online to ben', 'ann offline to ben']);
});

test('[S7] whoever sees somebody for the first time is told, also what others know already, and only they', async () => {
  const { teller, set, told, hold, release } = open();
  set('ann', 'online', 0, 'cid');
  hold();
  teller.changed(['ann']);
  // The question for it has begun before: its answer does not name the new observer.
  set('ann', 'online', 0, 'cid', 'ben');
  teller.seenAnew('ann', 'ben');
  await release();
  assert.deepEqual(told, ['ann online to cid', 'ann online to ben']);
  teller.changed(['ann']);
  await settled();
  assert.equal(told.length, 2);
});

test('[S7] an event that shows an older presence than was told before it is followed by the present one', async () => {
  const { teller, clock, set, told } = open();
  const shown = (status: 'online' | 'offline', at: number): void => {
    teller.shown({ userId: 'ann', status, lastSeen: clock.now() + at }, 'ben');
  };
  shown('offline', 0);
  await settled();
  assert.deepEqual(told, [], 'nothing was told that could be newer');
  set('ann', 'online', 1, 'ben', 'cid');
  teller.changed(['ann']);
  await settled();
  shown('online', 1);
  await settled();
  assert.deepEqual(told, ['ann online to ben cid'], 'what it shows was told last');
  shown('offline', 0);
  await settled();
  assert.deepEqual(told, ['ann online to ben cid', 'ann online to ben']);
});

test('[B3] an event that was read before a block and shows what it hides is followed by nulls', async () => {
  const { teller, clock, set, told } = open();
  set('ann', 'online', 1, 'ben', 'cid');
  teller.changed(['ann']);
  await settled();
  set('ann', 'online', 1, 'cid');
  teller.seenAnew('ann', 'ben');
  await settled();
  teller.shown({ userId: 'ann', status: 'online', lastSeen: clock.now() + 1 }, 'ben');
  await settled();
  assert.deepEqual(told, ['ann online to ben cid', 'ann null to ben', 'ann null to ben']);
});

test('[B3] whoever no longer sees somebody is told so, and only they, after all that was read before', async () => {
  const { teller, set, told, hold, release } = open();
  set('ann', 'online', 0, 'ben', 'cid');
  hold();
  teller.changed(['ann']);
  set('ann', 'online', 0, 'cid');
  teller.seenAnew('ann', 'ben');
  await release();
  assert.deepEqual(told, ['ann online to ben cid', 'ann null to ben']);
});

test('[B3] whoever connects while something older is being read is told what is true afterwards', async () => {
  const { teller, set, told, state, hold, release } = open();
  state.connected.delete('ben');
  set('ann', 'online', 0, 'ben');
  teller.seenAnew('ann', 'ben');
  await settled();
  assert.deepEqual(told, [], 'nobody is there to be told');
  hold();
  teller.changed(['ann']);
  set('ann', 'online', 0);
  teller.seenAnew('ann', 'ben');
  state.connected.add('ben');
  await release();
  assert.deepEqual(told, ['ann online to ben', 'ann null to ben']);
});

test('[H1] a comparison finds everybody who has changed, page by page, and nobody from long before', async () => {
  const { set, told, compare } = open();
  for (let i = 0; i < 2_500; i += 1) set(`user-${String(i).padStart(5, '0')}`, 'online', i, 'ben');
  set('old', 'online', -60_000, 'ben');
  await compare(3_000);
  assert.equal(told.length, 2_500);
});

test('[B3] [H1] a comparison finds blocks and their ends that nobody has told of', async () => {
  const { set, block, told, compare } = open();
  set('ann', 'online', -60_000);
  set('eve', 'online', -60_000, 'cid');
  block(-60_000, 'ann', 'cid');
  block(1, 'ann', 'ben');
  block(2, 'eve', 'cid');
  block(3, 'eve', 'dan');
  await compare(15_000);
  assert.deepEqual(told, ['ann null to ben', 'eve online to cid']);
  for (let i = 0; i < 2_500; i += 1) {
    set(`user-${String(i)}`, 'online', -60_000);
    block(20_000, `user-${String(i)}`, 'ben');
  }
  await compare(60_000);
  assert.equal(told.length, 2_502);
  await compare(61_000);
  assert.equal(told.length, 2_502, 'from long before');
});

test('[P8] what could not be read is not lost: it is read soon, and a comparison begins where the last one did', async () => {
  const { teller, clock, set, block, told, state, compare } = open();
  set('ann', 'online', 0, 'cid');
  state.isAway = true;
  teller.changed(['ann']);
  teller.seenAnew('ann', 'ben');
  await settled();
  await assert.rejects(compare(60_000), { code: 'unavailable' });
  clock.advance(READ_AGAIN_MS);
  await settled();
  state.isAway = false;
  clock.advance(READ_AGAIN_MS);
  await settled();
  assert.deepEqual(told, ['ann online to cid', 'ann null to ben']);
  block(1, 'ann', 'ben');
  await compare(61_000);
  assert.equal(told.length, 3);
  assert.equal(clock.waiting, 0);
});

test('[P9] at its bound it forgets who comes on top, and makes up for it when there is room', async () => {
  const { teller, set, asked, told, state } = open();
  set('everybody', 'online', 0, 'ben');
  teller.changed(Array.from({ length: WAITING_MAX + 2 }, (_, i) => `user-${String(i)}`));
  await settled();
  const users = asked.flat();
  assert.deepEqual([users.length, users.at(-1), state.incomplete], [WAITING_MAX + 1, 'everybody', 1]);
  for (let i = 0; i < WAITING_MAX + 2; i += 1) teller.seenAnew(`user-${String(i)}`, 'ben');
  assert.equal(told.at(-1), 'ben is disconnected', 'their next connection reads everything anew');
});
