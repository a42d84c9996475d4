import assert from 'node:assert/strict';
import { mock, test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openWriter, type StoreWriter } from '../../../server/storage/sqlite/open-writer.ts';
import type { CommitWatch } from '../../../server/storage/write-trace.ts';
import { REPEATED_AFTER_MS, type WriteMessage } from '../../../server/storage/writes.ts';
import { STEP_ROWS, WriteQueue } from '../../../server/storage/write-queue.ts';
import { manualHost } from '../../support/hosts.ts';
import { tempDir } from '../../support/temp-dir.ts';

const LIMIT = 20_000;
const USER = '00000000-0000-4000-8000-00000000000a';
type Announce = ConstructorParameters<typeof WriteQueue>[2];

const stage = (t: TestContext, announce: Announce = () => undefined) => {
  const store = openWriter(tempDir(t));
  t.after(() => {
    store.close();
  });
  const { host, clock, routed } = manualHost();
  const queue = new WriteQueue(host, store, announce);
  const ask = (token: number, write: WriteMessage = { type: 'probe', input: {} }): void => {
    host.accept({ k: 'ask', to: 'writer:main', message: write, from: 'shard:0', token });
  };
  return { store, host, clock, routed, queue, ask };
};

test('[P9] past 20,000 waiting writes one more is refused at once; those that wait are answered in order', (t) => {
  const { host, routed, queue, ask } = stage(t);
  for (let token = 1; token <= LIMIT; token += 1) ask(token);
  assert.deepEqual(host.depth, { total: LIMIT, longest: LIMIT }, 'the figure of the writer’s mailbox');
  assert.equal(routed.length, 0);
  ask(LIMIT + 1);
  const answer = routed.pop()?.envelope;
  assert.ok(answer?.k === 'fault' && answer.token === LIMIT + 1);
  assert.equal(answer.fault.code, 'unavailable');
  assert.equal(answer.fault.retryAfterS, 1);

  void queue.drain();
  assert.equal(queue.size, 0);
  assert.deepEqual(
    routed.map(({ envelope }) => envelope.k === 'reply' && envelope.token),
    Array.from({ length: LIMIT }, (_, i) => i + 1),
  );
  ask(LIMIT + 2);
  void queue.drain();
  assert.equal(routed.at(-1)?.envelope.k, 'reply');
});

test('[P9] a write whose answer would come after it was asked for again is not committed, and gets none; all others do', (t) => {
  const { store, host, clock, routed, queue, ask } = stage(t);
  const commit = mock.method(store, 'commit');
  const settle: WriteMessage = { type: 'settlePresence', input: { userId: USER, tellAnyway: false } };
  ask(1, settle);
  ask(2);
  clock.advance(REPEATED_AFTER_MS / 2 - 1);
  ask(3, settle);
  clock.advance(1);
  void queue.drain();
  assert.deepEqual(
    commit.mock.calls.map(({ arguments: [batch] }) => batch.map(({ type }) => type)),
    [['probe', 'settlePresence']],
  );
  assert.deepEqual(
    routed.map(({ envelope }) => 'token' in envelope && envelope.token),
    [2, 3],
  );
  assert.equal(host.deadLetters.counts.expired, 1);
  assert.equal(queue.size, 0);
});

test('[P9] a batch of which nobody waits for anything is no commit', (t) => {
  const { store, clock, routed, queue, ask } = stage(t);
  const commit = mock.method(store, 'commit');
  ask(1, { type: 'settlePresence', input: { userId: USER, tellAnyway: false } });
  clock.advance(REPEATED_AFTER_MS / 2);
  void queue.drain();
  assert.deepEqual([commit.mock.callCount(), routed.length, queue.size], [0, 0, 0]);
});

test('[A6] a deletion that finds the queue full is carried on with later', async (t) => {
  const { store, clock, queue, ask } = stage(t);
  const commit = mock.method(store, 'commit');
  for (let token = 1; token <= LIMIT; token += 1) ask(token);
  queue.continueSteps();
  clock.advance(0);
  while (queue.size > 0) await nextTurn();
  const steps = (): number =>
    commit.mock.calls.filter(({ arguments: [batch] }) => batch.some(({ type }) => type === 'continueSteps'))
      .length;
  assert.equal(steps(), 0);
  clock.advance(1_000);
  await nextTurn();
  assert.equal(steps(), 1);
});

test('[D1] after the commit each write’s events are told and its asker answered, in its order', (t) => {
  const trail: string[] = [];
  const { store, routed, queue, ask } = stage(t, (_write, { events }) => {
    trail.push(
      ...events.map(({ event }) => `${String(routed.length)} answered, told ${String(event.cursor)}`),
    );
  });
  const [ann, ben] = ['a', 'b'].map((name) => {
    const id = `00000000-0000-4000-8000-00000000000${name}`;
    const session = { id, refreshHash: Buffer.from(name), ttlMs: 1e6, ipAddress: '', userAgent: '' };
    const input = { id, username: name, passwordHash: '', session, inviteHash: null, signups: null };
    store.commit([{ type: 'registerUser', input }]);
    return id;
  });
  assert.ok(ann !== undefined && ben !== undefined);
  const id = '00000000-0000-4000-8000-000000000001';
  ask(1, { type: 'openConversation', input: { userId: ann, peerId: ben, newConversationId: id } });
  ask(2, {
    type: 'hideConversation',
    input: { userId: ann, conversationId: id, pair: { first: ann, second: ben } },
  });
  assert.deepEqual([trail, routed], [[], []]);
  void queue.drain();
  assert.deepEqual(trail, ['0 answered, told 1', '1 answered, told 2']);
  assert.equal(routed.length, 2);
});

test('[P8] a long queue is committed batch by batch, and between two the thread comes up for air', async (t) => {
  const { routed, queue, ask } = stage(t);
  for (let token = 1; token <= 2_500; token += 1) ask(token);
  const left: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    await nextTurn();
    left.push(queue.size);
    // What comes meanwhile goes along, and its turn is not forgotten.
    if (turn === 1) ask(2_501);
  }
  assert.deepEqual(left, [1_500, 500, 0, 0]);
  assert.equal(routed.length, 2_501);
});

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** A user, number 0, who has written to so many others. */
const talkTo = (store: Pick<StoreWriter, 'commit'>, partners: number): void => {
  const person = (n: number): WriteMessage => {
    const session = { id: id(n), refreshHash: Buffer.from(id(n)), ttlMs: 1e6, ipAddress: '', userAgent: '' };
    const input = {
      id: id(n),
      username: `p${String(n)}`,
      passwordHash: '',
      session,
      inviteHash: null,
      signups: null,
    };
    return { type: 'registerUser', input };
  };
  store.commit(Array.from({ length: partners + 1 }, (_, n) => person(n)));
  store.commit(
    Array.from({ length: partners * 2 }, (_, n): WriteMessage => {
      const input = {
        messageId: id(10_000 + n),
        pair: { first: id(0), second: id(1 + (n % partners)) },
        senderId: id(0),
        newConversationId: id(20_000 + n),
        content: 'words',
      };
      return { type: 'appendMessage', input };
    }),
  );
};

test('[U3] [P9] partners are told of a changed profile step upon step, and what is asked meanwhile is done in between', async (t) => {
  const order: string[] = [];
  const { store, clock, queue, ask } = stage(t, ({ type }, { events }) => {
    order.push(type, ...events.map(() => 'told'));
  });
  const partners = STEP_ROWS * 3;
  talkTo(store, partners);
  ask(1, { type: 'changeProfile', input: { userId: id(0), displayName: 'Zero' } });
  await nextTurn();
  const told = (): number => order.filter((each) => each === 'told').length;
  assert.ok(told() > 1 && told() < partners);
  ask(2, { type: 'probe', input: {} });
  for (let turn = 0; turn < 4; turn += 1) {
    clock.advance(0);
    await nextTurn();
  }
  assert.equal(told(), partners + 1, 'the user too');
  assert.ok(order.lastIndexOf('probe') < order.lastIndexOf('continueSteps'));
  assert.equal(queue.size, 0);
  order.length = 0;
  clock.advance(10_000);
  await nextTurn();
  assert.deepEqual(order, [], 'and then nothing more');
});

test('[P9] steps of a deletion follow by themselves, with rests that leave the writer to others, and end with the orderly stop', async (t) => {
  const told: string[] = [];
  const { store, host, clock, queue, ask } = stage(t, (_write, { events }) => {
    told.push(...events.map(({ userId }) => userId));
  });
  const partners = STEP_ROWS * 2;
  talkTo(store, partners);
  const commit = mock.method(store, 'commit');
  const steps = (): number =>
    commit.mock.calls
      .flatMap(({ arguments: [batch] }) => batch)
      .filter(({ type }) => type === 'continueSteps').length;
  ask(1, { type: 'deleteUser', input: { userId: id(0), verifiedHash: '' } });
  await nextTurn();
  const first = told.length;
  assert.ok(first > 0 && first < partners);
  // Partners: step upon step, without a moment's rest.
  for (let turn = 0; turn < 3; turn += 1) {
    clock.advance(0);
    await nextTurn();
  }
  assert.equal(told.length, partners);
  // The rest: with rests.
  const sofar = steps();
  clock.advance(0);
  await nextTurn();
  assert.equal(steps(), sofar);
  clock.advance(4);
  await nextTurn();
  assert.equal(steps(), sofar + 1);
  // A disk that is full for a while does not end it.
  commit.mock.mockImplementationOnce(() => [{ ok: false, fault: { code: 'unavailable', detail: '' } }]);
  clock.advance(4);
  await nextTurn();
  clock.advance(1_000);
  await nextTurn();
  assert.equal(steps(), sofar + 3);
  void queue.drain();
  clock.advance(10_000);
  await nextTurn();
  assert.equal(steps(), sofar + 3, 'nothing is written after the stop');
  assert.equal(host.depth.total, 0);
  // The next life of the writer takes it up.
  const next = manualHost();
  new WriteQueue(next.host, store, () => undefined).continueSteps();
  for (let turn = 0; turn < 20; turn += 1) {
    next.clock.advance(4);
    await nextTurn();
  }
  assert.deepEqual(store.commit([{ type: 'continueSteps', input: { rows: 1 } }])[0], {
    ok: true,
    result: { left: 'none' },
    events: [],
  });
});

test('of a write that asks for it the way is told, before its answer, with the size of its batch; a refused one too', async (t) => {
  const store = openWriter(tempDir(t));
  t.after(() => {
    store.close();
  });
  const { host, clock, routed } = manualHost();
  const told: unknown[] = [];
  const slow = {
    commit: (batch: readonly WriteMessage[], watch?: CommitWatch) => {
      clock.advance(5);
      return store.commit(batch, watch);
    },
  };
  const queue = new WriteQueue(
    host,
    slow,
    () => undefined,
    ({ type }, { queuedAt, begunAt, committedAt, batch }) => {
      const ms = (at: number | null): number | null =>
        at === null ? null : Math.round((at - queuedAt) / 1000);
      told.push([type, ms(begunAt), ms(committedAt), batch, routed.length]);
    },
  );
  const write = { type: 'probe', input: {} } as const;
  const ask = (token: number, message: object): void => {
    host.accept({ k: 'ask', to: 'writer:main', message, from: 'shard:0', token });
  };
  ask(1, write);
  clock.advance(2);
  ask(2, { ...write, traced: true });
  ask(3, write);
  await queue.drain();
  assert.deepEqual(told, [['probe', 5, 5, 3, 1]]);
  assert.equal(routed.length, 3);
  for (let token = 4; token < 4 + LIMIT; token += 1) ask(token, write);
  ask(0, { ...write, traced: true });
  assert.deepEqual(told.at(-1), ['probe', null, null, 0, 3]);
});
