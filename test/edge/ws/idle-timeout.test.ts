import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idleTimeoutS } from '../../../server/edge/ws/mount.ts';

test('[O10] uWS never cuts a silent line before the heartbeat has closed it, and counts at most 960 s', () => {
  for (const heartbeatS of [0.05, 1, 3, 30, 319.5, 320, 321, 900, 3600]) {
    const seconds = idleTimeoutS(heartbeatS);
    assert.ok(seconds === 0 || (seconds >= 8 && seconds <= 960), String(heartbeatS));
    assert.ok(seconds === 0 || seconds > 2 * heartbeatS, String(heartbeatS));
  }
  assert.equal(idleTimeoutS(30), 90);
  assert.equal(idleTimeoutS(3600), 0);
});
