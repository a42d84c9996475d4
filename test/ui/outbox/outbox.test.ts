import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exclusive } from '../../../ui/net/exclusive.ts';
import { memoryOutbox } from '../../../ui/storage/disk-memory.ts';
import { OutboxOverflow } from '../../../ui/storage/outbox-overflow.ts';
import { Outbox, type OutboxStore } from '../../../ui/outbox/outbox.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settled } from '../../support/settled.ts';
import { AT, CHAT, idOf } from '../sample.ts';

/** A lock as the browser's, over all windows of one test. */
const locks = (): Exclusive => {
  const tails = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(work);
    tails.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  };
};

const tabOn = (store: OutboxStore, exclusive: Exclusive, clock = new ManualClock()) => {
  const unready = new Set<string>();
  const renewed = new Set<string>();
  const sent: string[] = [];
  const failed: string[] = [];
  let silences = 0;
  const outbox = new Outbox({
    store,
    clock,
    exclusive,
    owner: 'me',
    isReady: ({ id }) => !unready.has(id),
    renew: ({ id }) => Promise.resolve(renewed.delete(id)),
    transmit: ({ id }) => {
      sent.push(id);
      return true;
    },
    onSilence: () => {
      silences += 1;
    },
    onFailed: (id, code) => failed.push(`${id} ${code}`),
  });
  return { outbox, unready, renewed, sent, failed, clock, silences: () => silences };
};
const write = (n: number, conversationId = CHAT) => ({
  id: idOf(n),
  chatId: conversationId,
  text: `text ${String(n)}`,
  at: AT,
});

test('one message of a conversation is in flight, in the order written', async () => {
  const { outbox, sent } = tabOn(memoryOutbox(), locks());
  outbox.connected(true);
  await outbox.add(write(1));
  await outbox.add(write(2));
  await settled();
  assert.deepEqual(sent, [idOf(1)]);
  void outbox.stored(idOf(1));
  await settled();
  assert.deepEqual(sent, [idOf(1), idOf(2)]);
});

test('conversations do not wait for each other', async () => {
  const { outbox, sent } = tabOn(memoryOutbox(), locks());
  outbox.connected(true);
  await outbox.add(write(1));
  await outbox.add(write(2, idOf(500)));
  await settled();
  assert.deepEqual(sent, [idOf(1), idOf(2)]);
});

test('[P2] what was in flight when the connection went is sent again under the same id', async () => {
  const { outbox, sent } = tabOn(memoryOutbox(), locks());
  await outbox.add(write(1));
  assert.deepEqual(sent, []);
  outbox.connected(true);
  await settled();
  outbox.connected(false);
  await settled();
  outbox.connected(true);
  await settled();
  assert.deepEqual(sent, [idOf(1), idOf(1)]);
});

test('two windows of one person send each message once', async () => {
  const store = memoryOutbox();
  const exclusive = locks();
  const one = tabOn(store, exclusive);
  const two = tabOn(store, exclusive);
  await one.outbox.add(write(1));
  await two.outbox.add(write(2));
  one.outbox.connected(true);
  two.outbox.connected(true);
  await settled();
  assert.deepEqual([...one.sent, ...two.sent], [idOf(1)]);
  for (const tab of [one, two]) void tab.outbox.stored(idOf(1));
  await settled();
  await settled();
  assert.deepEqual([...one.sent, ...two.sent].sort(), [idOf(1), idOf(2)]);
});

test('a refusal that passes is tried again, one that does not is kept and told', async () => {
  const store = memoryOutbox();
  const { outbox, sent, failed, clock } = tabOn(store, locks());
  outbox.connected(true);
  await outbox.add(write(1));
  await settled();
  outbox.refused(idOf(1), 'too_many_requests');
  await settled();
  assert.equal(sent.length, 1);
  clock.advance(2_000);
  await settled();
  assert.deepEqual(sent, [idOf(1), idOf(1)]);
  outbox.refused(idOf(1), 'conflict');
  await settled();
  assert.deepEqual(failed, [`${idOf(1)} conflict`]);
  assert.equal((await store.all())[0]?.failure, 'conflict');
  await outbox.retry(idOf(1));
  await settled();
  assert.equal(sent.length, 3);
});

test('a text that the server does not take is sent once, kept and told, over connections too', async () => {
  const store = memoryOutbox();
  const { outbox, sent, failed, clock } = tabOn(store, locks());
  outbox.connected(true);
  await outbox.add({ ...write(1), text: '\u200b' });
  await settled();
  outbox.refused(idOf(1), 'bad_request');
  await settled();
  for (let n = 0; n < 3; n += 1) {
    outbox.connected(false);
    outbox.connected(true);
    clock.advance(60_000);
    await settled();
  }
  assert.deepEqual(sent, [idOf(1)]);
  assert.deepEqual(failed, [`${idOf(1)} bad_request`]);
  assert.equal((await store.all())[0]?.failure, 'bad_request');
});

test('a failed message holds up none after it, and goes behind them when it is tried again', async () => {
  const { outbox, sent } = tabOn(memoryOutbox(), locks());
  outbox.connected(true);
  await outbox.add(write(1));
  await settled();
  outbox.refused(idOf(1), 'bad_request');
  await outbox.add(write(2));
  await settled();
  await outbox.retry(idOf(1));
  await settled();
  assert.deepEqual(sent, [idOf(1), idOf(2)], 'the one after it is in flight');
  void outbox.stored(idOf(2));
  await settled();
  assert.deepEqual(sent, [idOf(1), idOf(2), idOf(1)]);
});

test('[P2] a retry takes the message from its place to the end in one step', async () => {
  const store = memoryOutbox();
  const untouched = () => Promise.reject(new Error('would be a moment without the message'));
  const { outbox } = tabOn({ ...store, remove: untouched, add: untouched, put: untouched }, locks());
  const failed = await store.add({ ...write(1), failure: 'conflict' });
  await outbox.retry(idOf(1));
  await outbox.retry(idOf(9));
  assert.deepEqual(await store.all(), [{ ...failed, failure: null, order: 2 }]);
});

test('[M1] a message whose reply was refused is sent again without it, under the same id', async () => {
  const store = memoryOutbox();
  const { outbox } = tabOn(store, locks());
  const replyTo = { messageId: idOf(70), seq: 7 };
  await store.add({ ...write(1), failure: 'bad_request', replyTo });
  await store.add({ ...write(2), failure: 'conflict', replyTo });
  await outbox.retry(idOf(1));
  await outbox.retry(idOf(2));
  assert.deepEqual(await store.all(), [
    { ...write(1), failure: null, order: 3 },
    { ...write(2), failure: null, replyTo, order: 4 },
  ]);
  // Also where the disk takes nothing.
  const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  const overflow = new OutboxOverflow({ ...memoryOutbox(), add: full, requeue: full });
  await overflow.add({ ...write(3), failure: 'bad_request', replyTo });
  const last = await overflow.requeue(idOf(3));
  assert.deepEqual([last?.failure, last?.replyTo], [null, undefined]);
});

test('a full disk stops no message: it waits in memory, behind what the disk took', async () => {
  const disk = memoryOutbox();
  await disk.add({ ...write(1), failure: null });
  const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  const { outbox, sent } = tabOn(new OutboxOverflow({ ...disk, add: full }), locks());
  outbox.connected(true);
  await outbox.add(write(2));
  await settled();
  void outbox.stored(idOf(1));
  await settled();
  assert.deepEqual(sent, [idOf(1), idOf(2)]);
  outbox.refused(idOf(2), 'bad_request');
  await settled();
  await outbox.retry(idOf(2));
  await settled();
  void outbox.stored(idOf(2));
  await settled();
  await outbox.pumpAll();
  assert.deepEqual(sent, [idOf(1), idOf(2), idOf(2)]);
});

test('an answer that does not come casts doubt on the connection', async () => {
  const { outbox, clock, silences } = tabOn(memoryOutbox(), locks());
  outbox.connected(true);
  await outbox.add(write(1));
  await settled();
  clock.advance(20_001);
  assert.equal(silences(), 1);
});

test('[G3] a message that waits for its files holds up none behind it, and is refused for good only when they are renewed', async () => {
  const { outbox, unready, renewed, sent, failed } = tabOn(memoryOutbox(), locks());
  outbox.connected(true);
  unready.add(idOf(1));
  await outbox.add(write(1));
  await outbox.add(write(2));
  await settled();
  assert.deepEqual(sent, [idOf(2)]);
  void outbox.stored(idOf(2));
  unready.clear();
  await outbox.pumpAll();
  await settled();
  renewed.add(idOf(1));
  outbox.refused(idOf(1), 'bad_request');
  await settled();
  assert.deepEqual([sent, failed], [[idOf(2), idOf(1), idOf(1)], []]);
  outbox.refused(idOf(1), 'bad_request');
  await settled();
  assert.deepEqual(failed, [`${idOf(1)} bad_request`]);
});
