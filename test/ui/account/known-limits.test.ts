import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownLimits } from '../../../ui/account/known-limits.ts';
import { LIMITS_KEY } from '../../../ui/account/user-keys.ts';
import { storageOver } from '../../../ui/platform/site-storage.ts';

test('limits are read as they were written, and nothing else is taken for them', () => {
  const storage = storageOver(() => {
    throw new Error('site data is blocked');
  });
  const known = new KnownLimits(storage);
  assert.equal(known.read(), null);
  known.write({ maxBytes: 25, perMessage: 10 });
  assert.deepEqual(known.read(), { maxBytes: 25, perMessage: 10 });
  for (const text of [
    '',
    '{',
    '[]',
    '7',
    '{"maxBytes":"25","perMessage":10}',
    '{"maxBytes":-1,"perMessage":10}',
  ]) {
    storage.setItem(LIMITS_KEY, text);
    assert.equal(known.read(), null, text);
  }
  known.write({ maxBytes: 25, perMessage: 10 });
  known.write(null);
  assert.equal(storage.getItem(LIMITS_KEY), null);
});
