import { test } from 'node:test';
import { holdOver } from './seeds.ts';

// Two files, so that two processes share the work.
test('[P1] [P2] [P3] [P4] [P5] [P6] [P8] nothing breaks a promise in 1,000 histories', async (t) => {
  await holdOver(t, 1, 1_000);
});
