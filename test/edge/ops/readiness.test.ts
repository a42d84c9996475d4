import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeReadiness, type ReadinessChecks } from '../../../server/edge/ops/readiness.ts';

const HEALTHY: ReadinessChecks = {
  write: (() => Promise.resolve()) as ReadinessChecks['write'],
  read: () => Promise.resolve(),
  store: () => 'ok',
  clock: () => 'ok',
  isStopping: () => false,
  host: () => null,
  broker: () => null,
  disk: () => Promise.resolve('ok'),
  backups: () => null,
};

test('a server alone names neither hosts nor a broker', async () => {
  const { ok, checks } = await makeReadiness(HEALTHY)();
  assert.ok(ok);
  assert.deepEqual(Object.keys(checks), ['stopping', 'writer', 'reader', 'store', 'clock', 'disk', 'backup']);
});

test('[H5] a host that has to compare first is not ready, and says so; one without a broker is', async () => {
  for (const [host, isReady] of [
    ['ok', true],
    ['comparing', false],
  ] as const) {
    const { ok, checks } = await makeReadiness({ ...HEALTHY, host: () => host, broker: () => 'down' })();
    assert.deepEqual([ok, checks['host'], checks['broker']], [isReady, host, 'down']);
  }
});
