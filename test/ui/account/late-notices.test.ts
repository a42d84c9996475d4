import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LateNotices } from '../../../ui/account/late-notices.ts';
import { NOTICE_MS, Notices } from '../../../ui/account/notices.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';
import { message, sampleConversation } from '../sample.ts';

/** Notifications whose part comes, or does not, when it is told to. */
const stage = () => {
  const clock = new ManualClock();
  const told: (number | null)[] = [];
  const loads: { come: () => void; fail: () => void }[] = [];
  const late = new LateNotices(
    () =>
      new Promise((resolve, reject) => {
        loads.push({
          come: () => {
            const show = (_: unknown, { seq }: { readonly seq: number | null }): void => void told.push(seq);
            const conversation = (): ReturnType<typeof sampleConversation> => sampleConversation();
            const now = (): number => clock.now();
            resolve(
              new Notices({
                clock,
                now,
                conversation,
                wanted: () => true,
                inSight: () => false,
                show,
                reacted: () => undefined,
              }),
            );
          },
          fail: () => {
            reject(new Error('not loaded'));
          },
        });
      }),
  );
  const pass = async (): Promise<void> => {
    await settled();
    clock.advance(NOTICE_MS);
  };
  return { late, loads, told, pass };
};

test('what came before the first connection is not told; what comes while the part is loading is, by its newest', async () => {
  const { late, loads, told, pass } = stage();
  late.received(message(1));
  assert.equal(loads.length, 0);
  late.connected(true);
  late.received(message(2));
  late.received(message(3));
  loads[0]!.come();
  await pass();
  assert.deepEqual(told, [3]);
  late.received(message(4));
  await pass();
  assert.deepEqual(told, [3, 4]);
});

test('a part that could not be loaded is loaded with the next connection, and nothing is lost', async () => {
  const { late, loads, told, pass } = stage();
  late.connected(true);
  late.received(message(1));
  late.connected(true);
  assert.equal(loads.length, 1, 'one at a time');
  loads[0]!.fail();
  await pass();
  late.connected(false);
  late.connected(true);
  assert.equal(loads.length, 2);
  late.connected(false);
  loads[1]!.come();
  await pass();
  assert.deepEqual(told, [], 'nothing is told while the connection is gone');
  late.connected(true);
  await pass();
  assert.deepEqual(told, [1]);
});

test('after a reset or the end nothing that waited is told', async () => {
  const { late, loads, told, pass } = stage();
  late.connected(true);
  late.received(message(1));
  late.forget();
  loads[0]!.come();
  await pass();
  assert.deepEqual(told, []);
  const ended = stage();
  ended.late.connected(true);
  ended.late.received(message(1));
  ended.late.stop();
  ended.loads[0]!.come();
  await ended.pass();
  ended.late.connected(true);
  await ended.pass();
  assert.deepEqual([ended.told, ended.loads.length], [[], 1]);
});
