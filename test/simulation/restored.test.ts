import { test } from 'node:test';
import { scaled } from '../support/scale.ts';
import { holdOver } from './seeds.ts';

const HISTORIES = scaled({ sample: 15, full: 300 });

test(`[P10] [P2] [P3] [P4] the server is put back to a copy and goes on: devices show its history alone, in ${HISTORIES} histories`, async (t) => {
  await holdOver(t, 1, HISTORIES, { restore: true });
});
