import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlayedBroker } from './played-broker.ts';

const connected = async (): Promise<PlayedBroker> => {
  const broker = new PlayedBroker();
  await broker.answer(broker.opens);
  assert.deepEqual(broker.states, [true]);
  return broker;
};

test('what waits while a batch is under way goes out with the next one, in order', async () => {
  const broker = await connected();
  const say = (text: string): void => {
    broker.notifier.publish(Buffer.from(text));
  };
  say('a');
  say('b');
  say('c');
  await broker.answer(broker.sends);
  assert.deepEqual(
    broker.batches.map((batch) => batch.map(String)),
    [['a'], ['b', 'c']],
  );
  for (let n = 0; n < 300; n += 1) say(String(n));
  await broker.answer(broker.sends);
  await broker.answer(broker.sends);
  assert.deepEqual(
    broker.batches.map(({ length }) => length),
    [1, 2, 256, 44],
  );
  assert.equal(broker.notifier.stats.published, 259);
  await broker.answer(broker.sends);
  say('d');
  assert.equal(broker.batches.length, 5, 'and begins anew');
});

test('at its bound the queue drops what is new and counts it; when the broker goes on, there is room', async () => {
  const broker = await connected();
  const packet = Buffer.alloc(2 ** 20);
  for (let n = 0; n < 10; n += 1) broker.notifier.publish(packet);
  assert.equal(broker.notifier.stats.dropped, 2, '8 MiB, the batch that is under way included');
  await broker.answer(broker.sends);
  broker.notifier.publish(packet);
  assert.equal(broker.notifier.stats.dropped, 2);
});

test('attempts are 100 ms apart and then more, up to 1 s, and a broker that answers ends that', async () => {
  const broker = new PlayedBroker();
  const gaps: number[] = [];
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    await broker.answer(broker.opens, new Error(`refused ${String(attempt)}`));
    const from = broker.clock.monotonic();
    while (broker.attempts === attempt) await broker.passes(10);
    gaps.push(broker.clock.monotonic() - from);
  }
  assert.deepEqual(gaps, [100, 200, 400, 800, 1_000, 1_000]);
  assert.deepEqual(broker.states, ['refused 1'], 'said once');
  await broker.answer(broker.opens);
  await broker.passes(1_000);
  await broker.answer(broker.probes);
  broker.events?.onLost('cut');
  await broker.passes(100);
  assert.equal(broker.attempts, 8);
  assert.deepEqual(broker.states, ['refused 1', true, 'cut']);
  const { failedConnects, losses, connects } = broker.notifier.stats;
  assert.deepEqual([failedConnects, losses, connects], [6, 1, 1]);
});

test('a broker that does not answer a probe within 1.25 s is lost', async () => {
  const broker = await connected();
  for (let second = 0; second < 5; second += 1) {
    await broker.passes(1_000);
    await broker.passes(1_249);
    await broker.answer(broker.probes);
  }
  assert.deepEqual(broker.states, [true]);
  await broker.passes(1_000);
  await broker.passes(1_250);
  assert.deepEqual([broker.states.length, broker.ended], [2, 1]);
  assert.match(String(broker.states[1]), /no answer within 1250 ms/);
  await broker.answer(broker.probes);
  assert.equal(broker.states.length, 2, 'too late');
});

test('with a connection goes what waited for it, and a failed send is a loss', async () => {
  const broker = await connected();
  for (const text of ['a', 'b', 'c']) broker.notifier.publish(Buffer.from(text));
  await broker.answer(broker.sends, new Error('reset'));
  assert.deepEqual(broker.states, [true, 'reset']);
  broker.notifier.publish(Buffer.from('d'));
  assert.equal(broker.notifier.stats.dropped, 3, 'two that waited, and one that came later');
  await broker.passes(100);
  await broker.answer(broker.opens);
  broker.notifier.publish(Buffer.from('e'));
  assert.deepEqual(broker.batches.at(-1), [Buffer.from('e')]);
});

test('after the end of a session nothing of it is heard', async () => {
  const broker = await connected();
  const old = broker.events;
  old?.onNotice(Buffer.from('heard'));
  old?.onLost('cut');
  old?.onNotice(Buffer.from('late'));
  old?.onLost('again');
  assert.deepEqual([broker.heard, broker.states], [['heard'], [true, 'cut']]);
  await broker.passes(100);
  broker.events?.onLost('before it was open');
  await broker.answer(broker.opens);
  assert.deepEqual([broker.notifier.stats.isAlive, broker.ended], [false, 2]);
});

test('closed, it ends the session or the one that is still to come, and leaves no timer', async () => {
  const open = await connected();
  await open.notifier.close();
  assert.deepEqual([open.ended, open.clock.waiting, open.states], [1, 0, [true]]);
  const opening = new PlayedBroker();
  await opening.notifier.close();
  await opening.answer(opening.opens);
  assert.deepEqual([opening.ended, opening.clock.waiting, opening.states], [1, 0, []]);
  const failing = new PlayedBroker();
  await failing.answer(failing.opens, new Error('refused'));
  await failing.notifier.close();
  assert.deepEqual([failing.clock.waiting, failing.attempts], [0, 1]);
});
