import { test } from 'node:test';
import { scaled } from '../support/scale.ts';
import { holdOver } from './seeds.ts';

const HISTORIES = scaled({ sample: 20, full: 1_000 });

test(`[P1] [P2] [P3] [P4] [P5] [P6] [P8] nor in ${HISTORIES} others`, async (t) => {
  await holdOver(t, 1_001, HISTORIES);
});
