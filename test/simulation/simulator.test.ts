import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { BUGS, HOST_BUGS, RETENTION_BUGS, type Bug } from './bugs.ts';
import { isExtended } from '../support/scale.ts';
import { runHistory } from './history.ts';
import { SqliteSimStore } from './store.ts';

test('the same seed twice is the same history, another seed another one', async (t) => {
  for (const hosts of [false, true])
    for (const seed of isExtended ? [3, 77, 1_234] : [3]) {
      // A store that other seeds have used is another beginning.
      const store = new SqliteSimStore();
      t.after(() => {
        store.close();
      });
      const [first, second] = [
        await runHistory(seed, { hosts, store }),
        await runHistory(seed, { hosts, store, keep: true }),
      ];
      assert.equal(first.digest, second.digest, `seed ${seed}`);
      assert.ok(second.lines.length > 0);
      assert.notEqual((await runHistory(seed + 1, { hosts, store })).digest, first.digest);
    }
});

/** What each bug made on purpose breaks, and in how many histories at most that has to show. */
const EXPECTED: Readonly<Record<Bug, RegExp>> = {
  'ack-before-commit': /^(I1|I2|I8)/,
  'dedupe-by-memory': /^I2/,
  'replay-before-subscribe': /^(I4|I6|I9|P4)/,
  'cursor-of-newest-message': /^(I4|P4|P10|O7|I6)/,
  'receipt-back': /^I5/,
  'no-reconciliation': /^(I4|I6|I9|P4)/,
  'dead-host-kept': /^I6/,
  'throttle-per-host': /^A4/,
  'numbers-begin-anew': /^(I2|I3)/,
};
/** The fourth shows only when a window crashes between a frame and the moment its rows are saved: in one history of 900. */
const WITHIN = 3_000;
const WITHIN_OF_HOSTS = 100;
/** The seed that has shown it is tried first, which spares the many that do not. */
const SHOWN_BY: Readonly<Record<Bug, number>> = {
  'ack-before-commit': 15,
  'dedupe-by-memory': 40,
  'replay-before-subscribe': 37,
  'cursor-of-newest-message': 866,
  'receipt-back': 2,
  'no-reconciliation': 19,
  'dead-host-kept': 4,
  'throttle-per-host': 1,
  'numbers-begin-anew': 2,
};

const showBug = async (t: TestContext, bug: Bug, { hosts = false, retention = false }): Promise<void> => {
  const within = hosts ? WITHIN_OF_HOSTS : WITHIN;
  // The seed shows it in a store that no other seed has used.
  const store = new SqliteSimStore();
  t.after(() => {
    store.close();
  });
  for (const seed of [SHOWN_BY[bug], ...Array.from({ length: within }, (_, at) => at + 1)]) {
    const { violations } = await runHistory(seed, { bug, hosts, retention, ...(retention ? {} : { store }) });
    const [first] = violations;
    if (first === undefined) continue;
    assert.match(first.rule, EXPECTED[bug]);
    assert.deepEqual(
      (await runHistory(seed, { hosts, retention, ...(retention ? {} : { store }) })).violations,
      [],
      'the same history without the bug',
    );
    t.diagnostic(`seed ${seed}: ${first.rule} ${first.what}`);
    return;
  }
  assert.fail(`not seen in ${within} histories`);
};

for (const bug of BUGS) test(`the simulator sees ${bug}`, (t) => showBug(t, bug, {}));
for (const bug of HOST_BUGS)
  test(`the simulator sees ${bug} of several hosts`, (t) => showBug(t, bug, { hosts: true }));
for (const bug of RETENTION_BUGS)
  test(`the simulator sees ${bug} of retention`, (t) => showBug(t, bug, { retention: true }));
