import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshDatabase, withoutPostgres } from '../support/postgres.ts';
import { scaled, testInExtended } from '../support/scale.ts';
import { runHistory } from './history.ts';
import { PostgresSimStore } from './postgres-store.ts';

const HISTORIES = scaled({ sample: 2, extended: 12, full: 200 });
const LINES = 60;

test(
  `[P1] [P2] [P3] [P4] [P5] [P6] [P8] nothing breaks a promise in ${HISTORIES} histories on PostgreSQL`,
  { skip: withoutPostgres },
  async (t) => {
    const store = new PostgresSimStore(await freshDatabase(t));
    t.after(() => store.end());
    let messages = 0;
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const outcome = await runHistory(seed, { keep: true, store });
      messages += outcome.messages;
      const broken = outcome.violations.map(({ rule, what }) => `${rule} ${what}`).join('\n');
      assert.equal(
        broken,
        '',
        `SEED=${seed} on PostgreSQL\n${broken}\n${outcome.lines.slice(-LINES).join('\n')}`,
      );
    }
    t.diagnostic(`${HISTORIES} histories, ${messages} messages`);
  },
);

testInExtended(
  'the simulator sees a bug made on purpose on PostgreSQL too',
  { skip: withoutPostgres },
  async (t) => {
    const store = new PostgresSimStore(await freshDatabase(t));
    t.after(() => store.end());
    const { violations } = await runHistory(2, { bug: 'receipt-back', store });
    assert.match(violations[0]?.rule ?? 'none was seen', /^I5/);
  },
);
