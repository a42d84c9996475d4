import assert from 'node:assert/strict';
import { mock, test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openWriter } from '../../../server/storage/sqlite/open-writer.ts';
import type { WriteMessage } from '../../../server/storage/writes.ts';
import { DELETION_ROWS, WriteQueue } from '../../../server/storage/write-queue.ts';
import { manualHost } from '../../support/hosts.ts';
import { tempDir } from '../../support/temp-dir.ts';

const LIMIT = 20_000;
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

test('[A6] a deletion that finds the queue full is carried on with later', async (t) => {
  const { store, clock, queue, ask } = stage(t);
  const commit = mock.method(store, 'commit');
  for (let token = 1; token <= LIMIT; token += 1) ask(token);
  queue.continueDeletions();
  clock.advance(0);
  while (queue.size > 0) await nextTurn();
  const steps = (): number =>
    commit.mock.calls.filter(({ arguments: [batch] }) =>
      batch.some(({ type }) => type === 'continueDeletions'),
    ).length;
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

test('[P9] steps of a deletion follow by themselves, with rests that leave the writer to others, and end with the orderly stop', async (t) => {
  const told: string[] = [];
  const { store, host, clock, queue, ask } = stage(t, (_write, { events }) => {
    told.push(...events.map(({ userId }) => userId));
  });
  const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
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
  const partners = DELETION_ROWS * 2;
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
  const commit = mock.method(store, 'commit');
  const steps = (): number =>
    commit.mock.calls
      .flatMap(({ arguments: [batch] }) => batch)
      .filter(({ type }) => type === 'continueDeletions').length;
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
  new WriteQueue(next.host, store, () => undefined).continueDeletions();
  for (let turn = 0; turn < 20; turn += 1) {
    next.clock.advance(4);
    await nextTurn();
  }
  assert.deepEqual(store.commit([{ type: 'continueDeletions', input: { rows: 1 } }])[0], {
    ok: true,
    result: { left: 'none' },
    events: [],
  });
});
