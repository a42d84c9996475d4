import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EdgeDeps } from '../../../server/edge/deps.ts';
import { perform, SEEN_FOR_MS, type RoutedRequest } from '../../../server/edge/api/perform.ts';
import type { Route } from '../../../server/edge/api/route.ts';
import type { Body } from '../../../server/edge/http/body.ts';
import { ParleyError } from '../../../server/protocol/errors.ts';
import { silentLog } from '../../support/hosts.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const isUnauthorized = (error: unknown): boolean =>
  error instanceof ParleyError && error.code === 'unauthorized';

/** One request. `pauses`: how long it stands still while its body arrives, and while it is carried out; the session ends in the first. */
const ask = (
  method: Route['method'],
  [arriving, working]: readonly [number, number],
  endsIn: 'body' | 'work',
) => {
  const clock = new ManualClock();
  const state = { isThere: true, looks: 0, handled: 0 };
  const authenticate = () => {
    state.looks += 1;
    return Promise.resolve(state.isThere ? { userId: 'ann', sessionId: 's', username: 'ann' } : null);
  };
  const handle = () => {
    state.handled += 1;
    if (endsIn === 'work') state.isThere = false;
    clock.advance(working);
    return Promise.resolve({ status: 200, body: { text: 'of ann' } });
  };
  const body = (): Promise<Body> => {
    clock.advance(arriving);
    if (endsIn === 'body') state.isThere = false;
    return Promise.resolve({ kind: 'whole', bytes: new Uint8Array() } as unknown as Body);
  };
  const request = {
    deps: { clock, log: silentLog, tokens: { authenticate } } as unknown as EdgeDeps,
    route: { method, path: '/x', handle } as unknown as Route,
    incoming: { headers: new Map([['authorization', 'Bearer t']]), query: '' },
    client: { address: '::1', key: '::1' },
    params: {},
    received: null,
    get body() {
      return body();
    },
  } as unknown as RoutedRequest;
  return { state, answer: perform(request) };
};

test('[P6] a request whose session ends while its body arrives slowly is not carried out', async () => {
  const { state, answer } = ask('PATCH', [SEEN_FOR_MS, 0], 'body');
  await assert.rejects(answer, isUnauthorized);
  assert.equal(state.handled, 0);
});

test('[P6][H5] what was read by a host that stood still meanwhile is not told to a session that has ended', async () => {
  const { answer } = ask('GET', [0, SEEN_FOR_MS], 'work');
  await assert.rejects(answer, isUnauthorized);
});

test('[P6] what was done is answered, and a request that takes no time looks once', async () => {
  const done = ask('PATCH', [0, SEEN_FOR_MS], 'work');
  assert.equal((await done.answer).status, 200);
  const quick = ask('GET', [0, SEEN_FOR_MS - 1], 'work');
  assert.equal((await quick.answer).status, 200);
  assert.equal(quick.state.looks, 1);
});
