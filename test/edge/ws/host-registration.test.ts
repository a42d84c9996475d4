import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { HostRegistration } from '../../../server/edge/ws/host-registration.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SequenceIds } from '../../support/sequence-ids.ts';

type Answer = { kind: 'alive' | 'gone'; abandoned?: boolean } | 'unavailable' | object;

/** A host, and what the store answers: alive if a test says nothing else. */
const open = () => {
  const clock = new ManualClock();
  const answers: Answer[] = [];
  const asked: { type: string; input: { hostId?: string; registers?: unknown } }[] = [];
  const told: { userId?: string }[] = [];
  const host = {
    ask: (_to: unknown, question: (typeof asked)[number]) => {
      asked.push(question);
      const answer = answers.shift() ?? { kind: 'alive', others: ['other'], abandoned: false };
      return answer === 'unavailable'
        ? Promise.reject(new ParleyError('unavailable', 'Not now.'))
        : Promise.resolve(answer);
    },
    tell: (_to: unknown, message: (typeof told)[number]) => void told.push(message),
  };
  let [registered, renewed] = [0, 0];
  /** Ends each of the comparisons. */
  const comparisons: (() => void)[] = [];
  const compared = {
    resolve: () => {
      for (const resolve of comparisons) resolve();
    },
  };
  const beats: (readonly [id: string, others: readonly string[]])[] = [];
  const registration = new HostRegistration(
    { host: host as never, clock, ids: new SequenceIds(), name: 'test' },
    {
      onRegistered: () => void (registered += 1),
      onReturned: () => {
        renewed += 1;
        return new Promise<void>((resolve) => comparisons.push(resolve));
      },
      onBeat: (id, others) => void beats.push([id, others]),
    },
  );
  const handled = async (): Promise<void> => {
    for (let i = 0; i < 5; i += 1) await turn();
  };
  const second = async (): Promise<void> => {
    clock.advance(1_000);
    await handled();
  };
  const start = async (): Promise<void> => {
    registration.beat();
    await handled();
  };
  return {
    compared,
    comparisons,
    beats,
    registration,
    clock,
    answers,
    asked,
    told,
    start,
    second,
    handled,
    registered: () => registered,
    renewed: () => renewed,
  };
};

test('a host registers once, and says every second that it lives', async () => {
  const { registration, asked, start, second, registered, renewed } = open();
  const { id } = registration;
  await start();
  await second();
  await second();
  assert.deepEqual(
    asked.map(({ input }) => [input.hostId, input.registers === null]),
    [
      [id, false],
      [id, true],
      [id, true],
    ],
  );
  assert.deepEqual([registered(), renewed()], [1, 0]);
  registration.stop();
  await second();
  assert.equal(asked.length, 3);
});

test('a host that is gone registers at once with a new id, and then its connections', async () => {
  const { registration, answers, asked, start, second, registered, renewed } = open();
  const first = registration.id;
  await start();
  answers.push({ kind: 'gone', others: [], abandoned: false });
  await second();
  assert.notEqual(registration.id, first);
  assert.equal(asked.at(-1)?.input.hostId, registration.id);
  assert.deepEqual([registered(), renewed()], [2, 1]);
  assert.notEqual(asked.at(-1)?.input.registers, null);
});

test('[P6] a host whose first registration was given up before it heard of it compares what is open', async () => {
  const { registration, answers, compared, start, handled, second, registered, renewed } = open();
  answers.push('unavailable', { kind: 'gone', others: [], abandoned: false });
  await start();
  await second();
  assert.deepEqual([registered(), renewed()], [1, 1]);
  assert.ok(!registration.isCurrent);
  compared.resolve();
  await handled();
  assert.ok(registration.isCurrent);
});

test('[P6] a host that was silent for 4 s is not current until a heartbeat is answered; one with a new id, until all was compared', async () => {
  const { registration, answers, beats, clock, compared, handled, start, second } = open();
  await start();
  assert.ok(registration.isCurrent);
  assert.deepEqual(beats, [[registration.id, ['other']]]);
  for (let i = 0; i < 4; i += 1) answers.push('unavailable');
  for (let i = 0; i < 3; i += 1) await second();
  assert.ok(registration.isCurrent);
  await second();
  assert.ok(!registration.isCurrent);
  await second();
  assert.ok(registration.isCurrent);
  clock.advance(60_000);
  assert.ok(!registration.isCurrent, 'before any heartbeat of it is answered');
  answers.push({ kind: 'gone', others: [], abandoned: false });
  await handled();
  await second();
  assert.ok(!registration.isCurrent);
  await second();
  assert.ok(!registration.isCurrent, 'heartbeats alone do not make it so');
  compared.resolve();
  await handled();
  assert.ok(registration.isCurrent);
});

test('[P8] a store that takes nothing changes nothing; a new id that was not taken is registered with the next heartbeat', async () => {
  const { registration, answers, asked, start, second, registered, renewed } = open();
  answers.push('unavailable');
  await start();
  await second();
  assert.equal(asked.length, 2);
  answers.push({ kind: 'gone', others: [], abandoned: false }, 'unavailable');
  await second();
  assert.equal(renewed(), 0);
  await second();
  assert.equal(asked.at(-1)?.input.hostId, registration.id);
  assert.deepEqual([registered(), renewed()], [2, 1]);
  await second();
  assert.equal(renewed(), 1);
});

test('[S6] connections of dead hosts are removed until none is left, and those who see their users are told', async () => {
  const { answers, asked, told, start } = open();
  const presence = { userId: 'ann', status: 'offline', lastSeen: 0, isConnected: false, observers: ['ben'] };
  const unseen = { ...presence, userId: 'eve', observers: [] };
  answers.push(
    { kind: 'alive', others: [], abandoned: true },
    { presences: [presence, unseen], more: true },
    { presences: [], more: false },
  );
  await start();
  assert.deepEqual(
    asked.map(({ type }) => type),
    ['heartbeat', 'settleAbandoned', 'settleAbandoned'],
  );
  assert.deepEqual(
    told.map(({ userId }) => userId),
    ['ann'],
  );
});

test('[P6] heartbeats do not wait until the connections of dead hosts are removed, and one run at a time removes them', async () => {
  const { answers, asked, start, second } = open();
  const abandoned = { kind: 'alive', others: [], abandoned: true };
  answers.push(abandoned, new Promise<never>(() => undefined), abandoned, abandoned);
  await start();
  await second();
  await second();
  assert.deepEqual(
    asked.map(({ type }) => type),
    ['heartbeat', 'settleAbandoned', 'heartbeat', 'heartbeat'],
  );
});

test('[S6] a removal that failed is made again when a heartbeat says that some are left', async () => {
  const { answers, asked, start, second } = open();
  const abandoned = { kind: 'alive', others: [], abandoned: true };
  answers.push(abandoned, 'unavailable', abandoned, { presences: [], more: false });
  await start();
  await second();
  await second();
  assert.deepEqual(
    asked.map(({ type }) => type),
    ['heartbeat', 'settleAbandoned', 'heartbeat', 'settleAbandoned', 'heartbeat'],
  );
});

test('[H5] a host that is given up again while it compares is current only after the second comparison', async () => {
  const { registration, answers, comparisons, start, handled, second } = open();
  const gone = { kind: 'gone', others: [], abandoned: false };
  await start();
  answers.push(gone);
  await second();
  answers.push(gone);
  await second();
  assert.equal(comparisons.length, 2);
  comparisons[0]?.();
  await handled();
  assert.ok(!registration.isCurrent);
  comparisons[1]?.();
  await handled();
  assert.ok(registration.isCurrent);
});
