import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshDatabase, withoutPostgres } from '../support/postgres.ts';
import { scaled, testInExtended } from '../support/scale.ts';
import { runHistory } from './history.ts';
import { PostgresSimStore } from './postgres-store.ts';
import { holdOver } from './seeds.ts';

const HISTORIES = scaled({ sample: 12, extended: 60, full: 400 });

test(`[C8] [C9] [P1] [P2] [P4] retention runs in between: what is removed is shown nowhere, and numbers stay, in ${HISTORIES} histories`, async (t) => {
  await holdOver(t, 1, HISTORIES, { retention: true });
});

testInExtended(
  '[C8] [C9] the same with several hosts, and on PostgreSQL',
  { skip: withoutPostgres },
  async (t) => {
    await holdOver(t, 1, 20, { retention: true, hosts: true });
    const store = new PostgresSimStore(await freshDatabase(t));
    t.after(() => store.end());
    const { violations } = await runHistory(1, { retention: true, store });
    assert.deepEqual(violations, []);
  },
);
