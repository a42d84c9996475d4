import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { EXIT_INTENSITY, Threads } from '../../../server/runtime/threads/threads.ts';
import { manualHost, silentLog } from '../../support/hosts.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('[P8] a thread whose code cannot be loaded ends the process; nobody waits for it for ever', async (t) => {
  const { host, clock } = manualHost();
  let giveUp: (given: { reason: string; exitCode: number }) => void = () => undefined;
  const givenUp = new Promise<{ reason: string; exitCode: number }>((resolve) => {
    giveUp = resolve;
  });
  const threads = new Threads({
    host,
    clock,
    log: silentLog,
    intensity: { intensity: 5, periodMs: 60_000 },
    beatMs: 60_000,
    missableBeats: 4,
    onRestarted: () => undefined,
    onStats: () => undefined,
    onGiveUp: (reason, exitCode) => {
      giveUp({ reason, exitCode });
    },
  });
  void threads.start({ name: 'shard:0', filename: join(tempDir(t), 'gone.js'), data: {}, peers: [] });
  const { reason, exitCode } = await givenUp;
  await threads.stop();
  assert.equal(exitCode, EXIT_INTENSITY);
  assert.match(reason, /shard:0/);
});
