import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fnv1a, keyOf, kindOf, refOf } from '../../server/runtime/address.ts';
import { makeDirectory } from '../../server/runtime/directory.ts';

test('an address is kind and key; a key may hold a colon', () => {
  const { address } = refOf('login-throttle', '2001:db8::/64');
  assert.equal(kindOf(address), 'login-throttle');
  assert.equal(keyOf(address), '2001:db8::/64');
});

test('the hash begins as FNV-1a, 32 bit', () => {
  assert.equal(fnv1a(''), 0x811c9dc5);
  assert.equal(fnv1a('a'), 0xe40c292c);
  assert.equal(fnv1a('foobar'), 0xbf9cf968);
});

test('where a key made of two others falls does not follow from where these fall', () => {
  const directory = makeDirectory({}, 2);
  const keys = Array.from({ length: 60 }, (_, i) => `key-${i}-${'x'.repeat(i % 7)}`);
  const together = keys.flatMap((a) => keys.map((b) => [a, b, directory(`pair:${a}+${b}`)] as const));
  const odd = together.filter(([a, b, place]) => {
    const parity = [a, b].filter((key) => directory(`single:${key}`) === 'shard:1').length % 2;
    return place === `shard:${parity}`;
  });
  const share = odd.length / together.length;
  assert.ok(share > 0.4 && share < 0.6, String(share));
});

test('placement is pure: fixed kinds have their thread, the rest is spread evenly over the shards', () => {
  const directory = makeDirectory({ fixed: 'writer' }, 4);
  assert.equal(directory('fixed:anything'), 'writer');
  const counts = new Map<string, number>();
  for (let i = 0; i < 4000; i += 1) {
    const thread = directory(`thing:${i}`);
    assert.equal(directory(`thing:${i}`), thread);
    counts.set(thread, (counts.get(thread) ?? 0) + 1);
  }
  assert.equal(counts.size, 4);
  for (const n of counts.values()) assert.ok(n > 700 && n < 1300, String(n));
});

test('without shards everything that is not fixed lives on the edge', () => {
  assert.equal(makeDirectory({ fixed: 'writer' }, 0)('thing:1'), 'edge');
});
