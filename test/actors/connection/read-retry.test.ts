import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadRetry } from '../../../server/actors/connection/read-retry.ts';
import { CLOSE } from '../../../server/protocol/close-codes.ts';

const BUSY = { code: 'unavailable' } as const;

test('[P9] a read that fails in a row is asked for ever later, and given up after the eighth time', () => {
  const retry = new ReadRetry();
  const verdicts = Array.from({ length: 9 }, () => retry.failed(BUSY));
  assert.deepEqual(verdicts, [
    ...[200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000].map((againMs) => ({ againMs })),
    { closeCode: CLOSE.overloaded },
  ]);
});

test('a read that succeeds starts the count anew', () => {
  const retry = new ReadRetry();
  retry.failed(BUSY);
  retry.succeeded();
  assert.deepEqual(retry.failed(BUSY), { againMs: 200 });
});

test('a fault that asking again cannot mend ends it at once', () => {
  assert.deepEqual(new ReadRetry().failed({ code: 'internal' }), { closeCode: CLOSE.internal });
});
