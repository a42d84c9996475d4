import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openWriter } from '../../server/storage/group-commit.ts';
import type { LoggedEvent, WriteMessage } from '../../server/storage/store.ts';
import { WriteQueue } from '../../server/storage/write-queue.ts';
import { manualHost } from '../support/hosts.ts';
import { tempDir } from '../support/temp-dir.ts';

const LIMIT = 20_000;

const stage = (t: TestContext, tell: (events: readonly LoggedEvent[]) => void = () => undefined) => {
  const store = openWriter(tempDir(t));
  t.after(() => {
    store.close();
  });
  const { host, routed } = manualHost();
  const queue = new WriteQueue(host, store, tell, () => undefined);
  const ask = (token: number, write: WriteMessage = { type: 'probe', input: {} }): void => {
    host.accept({ k: 'ask', to: 'writer:main', message: write, from: 'shard:0', token });
  };
  return { store, host, routed, queue, ask };
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

  queue.drain();
  assert.equal(queue.size, 0);
  assert.deepEqual(
    routed.map(({ envelope }) => envelope.k === 'reply' && envelope.token),
    Array.from({ length: LIMIT }, (_, i) => i + 1),
  );
  ask(LIMIT + 2);
  queue.drain();
  assert.equal(routed.at(-1)?.envelope.k, 'reply');
});

test('[D1] after the commit each write’s events are told and its asker answered, in its order', (t) => {
  const trail: string[] = [];
  const { store, routed, queue, ask } = stage(t, (events) => {
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
  ask(2, { type: 'hideConversation', input: { userId: ann, conversationId: id } });
  assert.deepEqual([trail, routed], [[], []]);
  queue.drain();
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
