import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../server/runtime/clock.ts';
import { DatabaseClock } from '../../../server/storage/postgres/database-clock.ts';
import { openDatabase } from '../../../server/storage/postgres/database.ts';
import { eventually } from '../../support/eventually.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { bareDatabase, optionsOf, withoutPostgres } from '../../support/postgres.ts';

test('a jump of the host’s clock changes nothing; time goes on with the monotonic one', () => {
  const own = new ManualClock();
  const clock = new DatabaseClock(own, 500);
  const start = own.now() + 500;
  assert.equal(clock.now(), start);
  own.advance(1_000);
  assert.equal(clock.now(), start + 1_000);
  own.setBack(3_600_000);
  assert.equal(clock.now(), start + 1_000);
  assert.ok(clock.isNear);
});

test(
  'the database’s clock is asked again and again, and a host too far from it says so',
  { skip: withoutPostgres },
  async (t) => {
    const own = new ManualClock();
    const database = openDatabase({
      connection: optionsOf(await bareDatabase(t)),
      purpose: 'read',
      connections: 1,
      clock: systemClock,
    });
    t.after(() => database.close());
    const clock = new DatabaseClock(own, 0);
    assert.ok(clock.isNear);
    await clock.follow(database);
    t.after(() => {
      clock.stop();
    });
    // The manual clock began long ago; the database knows better.
    assert.ok(!clock.isNear);
    const first = clock.offsetMs;
    const before = systemClock.now();
    own.advance(10_000);
    await eventually('another measurement', () => clock.offsetMs !== first);
    assert.ok(clock.now() >= before - 1_000 && clock.now() <= systemClock.now() + 1_000);
    assert.ok(Math.abs(own.now() + clock.offsetMs - clock.now()) <= 1);
  },
);
