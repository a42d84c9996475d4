import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestLimiter } from '../../../server/edge/api/request-limiter.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';

const isUnavailable = (error: unknown): boolean =>
  error instanceof ParleyError && error.code === 'unavailable';

test('[U8] [P9] of the uploads of one user two are under way, one more is refused, and those of others go on', async () => {
  const uploads = new RequestLimiter(2, 0);
  const ends: ((how: Promise<string>) => void)[] = [];
  const upload = (): Promise<string> => uploads.of('ann', () => new Promise((resolve) => ends.push(resolve)));
  const [first, second, third] = [upload(), upload(), upload()];
  await assert.rejects(third, isUnavailable);
  assert.equal(await uploads.of('ben', () => Promise.resolve('of somebody else')), 'of somebody else');
  ends[0]?.(Promise.resolve('here'));
  assert.equal(await first, 'here');
  const next = uploads.of('ann', () => Promise.resolve('next'));
  assert.equal(await next, 'next');
  ends[1]?.(Promise.reject(new Error('gone')));
  await assert.rejects(second, /gone/);
});
