import { test } from 'node:test';
import { holdOver } from './seeds.ts';

test('[P1] [P2] [P3] [P4] [P5] [P6] [P8] nor in the next 1,000', async (t) => {
  await holdOver(t, 1_001, 1_000);
});
