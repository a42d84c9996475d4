import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileRoutes } from '../../../server/edge/api/profile.ts';
import { SendRate } from '../../../server/edge/ws/send-rate.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const isProblem = (code: string) => (error: unknown) => error instanceof ParleyError && error.code === code;

test('[U8] a change that the store could not take does not count', async () => {
  const removal = profileRoutes.find(({ method }) => method === 'DELETE');
  assert.ok(removal !== undefined);
  let isWritable = false;
  const write = () =>
    isWritable
      ? Promise.resolve({ kind: 'changed', left: 'none' })
      : Promise.reject(new ParleyError('unavailable', 'The server cannot store this now.'));
  const profileChanges = new SendRate(1 / 60, 2, new ManualClock());
  const remove = async () =>
    await removal.handle({ deps: { profileChanges, write }, who: { userId: 'ann' } });
  for (let n = 0; n < 5; n += 1) await assert.rejects(remove(), isProblem('unavailable'));
  isWritable = true;
  for (let n = 0; n < 2; n += 1) assert.equal((await remove()).status, 204);
  await assert.rejects(remove(), isProblem('too_many_requests'));
});
