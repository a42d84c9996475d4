import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type { Envelope } from '../../../server/runtime/envelope.ts';
import { Link, type Control } from '../../../server/runtime/threads/link.ts';

const tell = (n: number): Envelope => ({ k: 'tell', to: 'thing:x', message: n });

test('envelopes of one tick travel in one parcel and arrive in order', async () => {
  const { port1, port2 } = new MessageChannel();
  let parcels = 0;
  port2.on('message', () => (parcels += 1));
  const got: Envelope[] = [];
  const here = new Link(
    'shard:0',
    port1,
    () => undefined,
    () => undefined,
  );
  const there = new Link(
    'edge',
    port2,
    (envelope) => got.push(envelope),
    () => undefined,
  );
  for (let i = 0; i < 100; i += 1) assert.equal(here.send(tell(i)), 'sent');
  await once(port2, 'message');
  assert.equal(parcels, 1);
  assert.deepEqual(
    got.map((envelope) => (envelope.k === 'tell' ? envelope.message : null)),
    Array.from({ length: 100 }, (_, i) => i),
  );
  here.close();
  there.close();
});

test('[P9] without credits tells and asks are refused, replies still go; taking in gives credits back', async () => {
  const { port1, port2 } = new MessageChannel();
  const here = new Link(
    'shard:0',
    port1,
    () => undefined,
    () => undefined,
  );
  let sent = 0;
  while (here.send(tell(sent)) === 'sent') sent += 1;
  assert.equal(sent, 32_768);
  assert.equal(here.send({ k: 'ask', to: 'thing:x', message: 0, from: 'edge', token: 1 }), 'link-full');
  assert.equal(here.send({ k: 'reply', token: 1, result: 0 }), 'sent');
  const there = new Link(
    'edge',
    port2,
    () => undefined,
    () => undefined,
  );
  // The other side gives credits back with its next parcel.
  await once(port1, 'message');
  assert.equal(here.outstanding, 0);
  assert.equal(here.send(tell(0)), 'sent');
  here.close();
  there.close();
});

test('control goes at once, behind what was queued before it; a closed link refuses', async () => {
  const { port1, port2 } = new MessageChannel();
  const order: string[] = [];
  const here = new Link(
    'shard:0',
    port1,
    () => undefined,
    () => undefined,
  );
  const there = new Link(
    'edge',
    port2,
    () => order.push('envelope'),
    (control: Control) => order.push(control.c),
  );
  here.send(tell(1));
  here.control({ c: 'ping' });
  await once(port2, 'message');
  if (order.length < 2) await once(port2, 'message');
  assert.deepEqual(order, ['envelope', 'ping']);
  here.close();
  assert.equal(here.send(tell(2)), 'thread-gone');
  there.close();
});
