import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentMap } from '../../server/runtime/recent-map.ts';

test('[P9] the newest entries are held, at least as many as the limit and never twice as many more', () => {
  const recent = new RecentMap<number, string>(10);
  for (let key = 0; key < 1_000; key += 1) {
    recent.set(key, `of ${String(key)}`);
    for (let back = 0; back < Math.min(10, key + 1); back += 1) {
      assert.equal(recent.get(key - back), `of ${String(key - back)}`);
    }
    assert.ok(recent.size <= 20);
  }
  assert.equal(recent.get(0), undefined);
});

test('what was set again has its newest value, and is as new as the others', () => {
  const recent = new RecentMap<string, number>(2);
  recent.set('a', 1);
  recent.set('b', 1);
  recent.set('c', 1);
  recent.set('a', 2);
  assert.equal(recent.get('a'), 2);
  recent.set('d', 1);
  recent.set('e', 1);
  assert.equal(recent.get('a'), 2, 'the older generation went, and its first value with it');
  recent.delete('a');
  assert.equal(recent.get('a'), undefined);
});
