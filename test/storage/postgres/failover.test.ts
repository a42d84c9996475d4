import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { onServer, optionsOf, withoutOwnPostgres } from '../../support/postgres.ts';
import { PostgresServer } from '../../support/postgres-server.ts';
import { ADD, failsAs, makeNotes, openOn, PID, READ } from './stage.ts';

const skip = withoutOwnPostgres;

test(
  'a commit that no standby has confirmed is not reported as done, and the server may restart',
  { skip },
  async (t) => {
    const server = await PostgresServer.start(t, { synchronous_standby_names: 'nobody' });
    const url = server.url();
    await makeNotes(url);
    const db = openOn(t, url);
    const write = assert.rejects(
      db.transaction((sql) => sql.run(ADD, [3, 'c'])),
      failsAs('unknown-outcome', '01000'),
    );
    const cancel =
      "SELECT count(pg_cancel_backend(pid))::int FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    await eventually(
      'a commit that waits for the standby',
      async () => (await onServer(url, cancel))[0]?.[0] === 1,
    );
    await write;
    assert.equal(db.stats.lost, 1);

    await db.query(READ);
    await server.stop();
    await assert.rejects(db.query(READ), failsAs('unavailable'));
    await server.start();
    await eventually('the database to be there again', () =>
      db.query(READ).then(
        (rows) => rows.length === 3,
        () => false,
      ),
    );
  },
);

test('a standby is passed over, and refused if there is no other host', { skip }, async (t) => {
  const primary = await PostgresServer.start(t);
  const standby = await PostgresServer.start(t, {}, (folder) => {
    writeFileSync(join(folder, 'standby.signal'), '', { mode: 0o666 });
  });
  const hosts = [...optionsOf(standby.url()).hosts, ...optionsOf(primary.url()).hosts];
  const db = openOn(t, primary.url(), { hosts });
  assert.equal((await db.query(PID)).length, 1);
  assert.deepEqual(await onServer(standby.url(), 'SELECT pg_is_in_recovery()'), [[true]]);
  const onlyStandby = openOn(t, standby.url());
  await assert.rejects(onlyStandby.query(PID), failsAs('unavailable', '25006'));
  // Promoted, it is a primary like any other.
  await onServer(standby.url(), 'SELECT pg_promote()');
  await eventually('the promoted standby to be used', () =>
    onlyStandby.query(PID).then(
      () => true,
      () => false,
    ),
  );
});
