import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ParleyError } from '../../server/protocol/errors.ts';
import { Pool } from '../../server/runtime/pool.ts';
import { silentLog } from '../support/hosts.ts';
import { helperEntry } from '../support/paths.ts';

test('[P9] a full pool refuses the next task at once with unavailable, and takes it once there is room', async (t) => {
  const pool = new Pool(helperEntry, { threads: 1, maxQueue: 2, data: { dataDir: '' }, log: silentLog });
  t.after(() => pool.stop());
  const hash = (): Promise<unknown> => pool.run({ type: 'hash', password: 'Right-Horse-1' });
  await hash();
  // One on its thread, two in the queue.
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, hash));
  const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  assert.equal(refused.length, 7);
  for (const error of refused) {
    assert.ok(error instanceof ParleyError && error.code === 'unavailable' && error.retryAfterS === 1);
  }
  assert.match(String(await hash()), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(pool.waiting, 0);
});

test('tasks are done in the order they came, however many wait', async (t) => {
  const pool = new Pool(helperEntry, { threads: 1, maxQueue: 64, data: { dataDir: '' }, log: silentLog });
  t.after(() => pool.stop());
  const done: number[] = [];
  const asked = Array.from({ length: 12 }, (_, i) => i);
  await Promise.all(
    asked.map(async (i) => {
      await pool.run({ type: 'hash', password: 'Right-Horse-1' });
      done.push(i);
    }),
  );
  assert.deepEqual(done, asked);
});
