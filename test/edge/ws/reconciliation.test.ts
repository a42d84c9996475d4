import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenSocket } from '../../../server/edge/ws/open-socket.ts';
import { Reconciliation } from '../../../server/edge/ws/reconciliation.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';

const open = (count: number, headOf: (sessionId: string) => number | null = () => 7) => {
  const clock = new ManualClock();
  const sockets = Array.from({ length: count }, (_, i) => ({
    userId: `user-${String(i)}`,
    sessionId: `session-${String(i)}`,
  })) as unknown as OpenSocket[];
  const questions: number[] = [];
  const reached: string[] = [];
  const ended: string[] = [];
  const state = { isAway: false, compared: 0 };
  const read = (_name: string, sessionIds: readonly string[]): Promise<unknown> => {
    questions.push(sessionIds.length);
    return state.isAway
      ? Promise.reject(new ParleyError('unavailable', 'Not now.'))
      : Promise.resolve(sessionIds.map(headOf));
  };
  const reconciliation = new Reconciliation({
    clock,
    read: read as never,
    open: () => sockets,
    onReached: (userId, cursor) => void reached.push(`${userId} ${String(cursor)}`),
    onEnded: ({ userId }) => void ended.push(userId),
    comparePresence: () => {
      state.compared += 1;
      return Promise.resolve();
    },
  });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i += 1) await settled();
  };
  return { clock, reconciliation, questions, reached, ended, state, settle };
};

test('[H3][P6] everything open is compared in bulk: who has ended is closed, the others hear how far their logs reach', async () => {
  const { reconciliation, questions, reached, ended, state } = open(4_500, (id) =>
    id === 'session-3' ? null : 7,
  );
  await reconciliation.request();
  assert.deepEqual(questions, [2_000, 2_000, 500]);
  assert.deepEqual([ended, reached.length, state.compared], [['user-3'], 4_499, 1]);
});

test('[P9] however often something may have been missed, there is one comparison at a time, with a pause behind it', async () => {
  const { clock, reconciliation, questions, settle } = open(1);
  const all = Array.from({ length: 50 }, () => reconciliation.request());
  await settle();
  assert.equal(questions.length, 1);
  clock.advance(249);
  await settle();
  assert.equal(questions.length, 1);
  clock.advance(1);
  await settle();
  await Promise.all(all);
  assert.equal(questions.length, 2, 'those that came while the first one was under way share the second');
  clock.advance(10_000);
  await settle();
  assert.equal(questions.length, 2);
});

test('[P8] a store that cannot be read is asked again after 250 ms, and who waits hears of it then', async () => {
  const { clock, reconciliation, questions, state, settle } = open(1);
  state.isAway = true;
  let isDone = false;
  void reconciliation.request().then(() => (isDone = true));
  await settle();
  for (let i = 0; i < 3; i += 1) {
    clock.advance(250);
    await settle();
  }
  assert.deepEqual([questions.length, isDone], [4, false]);
  state.isAway = false;
  clock.advance(250);
  await settle();
  assert.ok(isDone);
  reconciliation.stop();
});
