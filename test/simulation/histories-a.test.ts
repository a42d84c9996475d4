import { test } from 'node:test';
import { scaled } from '../support/scale.ts';
import { holdOver } from './seeds.ts';

/** Two files, so that two processes share the work. */
const HISTORIES = scaled({ sample: 20, full: 1_000 });

test(`[P1] [P2] [P3] [P4] [P5] [P6] [P8] nothing breaks a promise in ${HISTORIES} histories`, async (t) => {
  await holdOver(t, 1, HISTORIES);
});
