import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Envelope } from '../../../server/runtime/envelope.ts';
import { Packer, Unpacker, type Packed } from '../../../server/runtime/threads/packing.ts';

const tell = (message: unknown): Envelope => ({ k: 'tell', to: 'thing:x', message });
const ask = (message: unknown): Envelope => ({ k: 'ask', to: 'thing:x', message, from: 'edge', token: 7 });

/** Over a port, as far as packing can tell. */
const across = (packed: Packed): Packed => structuredClone(packed);

const MESSAGES: readonly unknown[] = [
  0,
  'text',
  undefined,
  null,
  {},
  { a: 1 },
  { a: { b: 2 }, c: 3 },
  { a: { b: 2, c: 3 } },
  { a: { b: {} }, c: [] },
  { a: undefined, b: [{ c: { d: 1 } }, 'e'], f: null },
  { bytes: new Uint8Array([1, 2, 3]), at: NaN, low: -0, big: 2 ** 53 },
  { a: [1, [2]], length: 3, '': 'no name', end: { '': { end: 1 } } },
];

test('what was packed is unpacked: every kind of value, at every depth, in order', () => {
  const packer = new Packer();
  const unpacker = new Unpacker();
  const sent = MESSAGES.flatMap((message): Envelope[] => [
    tell(message),
    ask(message),
    { k: 'reply', token: 1, result: message },
    { k: 'fault', token: 2, fault: { code: 'internal', detail: 'd' } },
  ]);
  for (let round = 0; round < 3; round += 1) {
    for (const envelope of sent) packer.add(envelope);
    assert.deepEqual(unpacker.envelopes(across(packer.take())), sent);
    assert.equal(packer.isEmpty, true);
  }
});

test('a shape travels once', () => {
  const packer = new Packer();
  packer.add(tell({ a: { b: 1 }, c: 2 }));
  packer.add(tell({ a: { b: 3 }, c: 4 }));
  assert.equal(packer.take().shapes?.length, 1);
  packer.add(tell({ a: { b: 5 }, c: 6 }));
  const second = packer.take();
  assert.equal('shapes' in second, false);
  assert.deepEqual(second.values, ['tell', 'thing:x', 0, 5, 6]);
});

test('[P9] shapes are bounded: past the bound messages go as they are, and those that were known go on', () => {
  const packer = new Packer();
  const unpacker = new Unpacker();
  const shapeless = (packed: Packed): boolean => packed.values.includes(-1);
  let known = 0;
  for (;;) {
    const envelope = tell({ [`field${String(known)}`]: { deep: known } });
    packer.add(envelope);
    const packed = across(packer.take());
    assert.deepEqual(unpacker.envelopes(packed), [envelope]);
    if (shapeless(packed)) break;
    known += 1;
    assert.ok(known <= 256);
  }
  assert.equal(known, 256);
  // Names without end, until no further step is remembered either.
  for (let i = 0; i < 5_000; i += 1) {
    const envelope = tell({ before: 1, [`more${String(i)}`]: { deep: i } });
    packer.add(envelope);
    packer.add(tell({ field0: { deep: i } }));
    const packed = across(packer.take());
    assert.deepEqual(unpacker.envelopes(packed), [envelope, tell({ field0: { deep: i } })]);
  }
});
