import { test } from 'node:test';
import { scaled } from '../support/scale.ts';
import { holdOver } from './seeds.ts';

const HISTORIES = scaled({ sample: 10, extended: 60, full: 1_000 });

test(`[P1] [P2] [P3] [P4] [P5] [P6] [P8] [P12] [A4] nor with up to three hosts on one store, in ${HISTORIES} histories`, async (t) => {
  await holdOver(t, 1, HISTORIES, { hosts: true });
});
