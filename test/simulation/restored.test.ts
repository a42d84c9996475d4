import { test } from 'node:test';
import { holdOver } from './seeds.ts';

test('[P10] [P2] [P3] [P4] the server is put back to a copy and goes on: devices show its history alone, in 300 histories', async (t) => {
  await holdOver(t, 1, 300, { restore: true });
});
