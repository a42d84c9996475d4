import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../../../perf/machine/free-port.ts';
import { systemClock, type Clock } from '../../../server/runtime/clock.ts';
import { systemIds } from '../../../server/runtime/ids.ts';
import { migratePostgres, POSTGRES_SCHEMA_VERSION } from '../../../server/storage/postgres/migrate.ts';
import {
  checkServer,
  openPostgresAtStart,
  type PostgresStarted,
} from '../../../server/storage/postgres/open-at-start.ts';
import { secretsFingerprint } from '../../../server/storage/postgres/shared-secrets.ts';
import { StoreError, type StoreReason } from '../../../server/storage/store-error.ts';
import { eventually } from '../../support/eventually.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  bareDatabase,
  freshDatabase,
  holdLock,
  onServer,
  optionsOf,
  withoutPostgres,
} from '../../support/postgres.ts';
import { openOn } from './stage.ts';

const skip = withoutPostgres;
const SECRETS = secretsFingerprint('one', 'two');

interface Chosen {
  readonly clock?: Clock;
  readonly secrets?: Buffer;
  readonly events?: string[];
}

const startOn = (
  url: string,
  { clock = systemClock, secrets = SECRETS, events = [] }: Chosen = {},
): Promise<PostgresStarted> =>
  openPostgresAtStart({
    connection: optionsOf(url),
    secrets,
    clock,
    ids: systemIds,
    log: { warn: (fields, event) => events.push(`${event} ${String(fields['reason'])}`) },
  });

const refused =
  (reason: StoreReason, sentence: RegExp) =>
  (error: unknown): boolean => {
    if (!(error instanceof StoreError)) throw error;
    assert.equal(error.reason, reason);
    assert.match(error.message, sentence);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  };

test('an empty database gets the schema and a history, which stay', { skip }, async (t) => {
  const url = await bareDatabase(t);
  const first = await startOn(url);
  assert.match(first.history, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.ok(Math.abs(first.clockOffsetMs) < 5_000);
  const meta = 'SELECT schema, oldest_program, probe::int FROM meta';
  assert.deepEqual(await onServer(url, meta), [[POSTGRES_SCHEMA_VERSION, 1, 0]]);
  assert.equal((await startOn(url)).history, first.history);
});

test('hosts that start at once migrate once, one after the other', { skip }, async (t) => {
  const url = await bareDatabase(t);
  const unlock = await holdLock(t, url, 0x50726c79);
  const hosts = [1, 2, 3].map(() =>
    migratePostgres(openOn(t, url, { purpose: 'maintain' }), systemClock, systemIds),
  );
  const waiting =
    "SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
  await eventually('three hosts that wait', async () => (await onServer(url, waiting))[0]?.[0] === 3);
  await unlock();
  await Promise.all(hosts);
  assert.deepEqual(await onServer(url, 'SELECT schema FROM meta'), [[POSTGRES_SCHEMA_VERSION]]);
});

test('tables of another program are refused and left alone', { skip }, async (t) => {
  for (const text of ['CREATE TABLE theirs (id int)', 'CREATE TABLE meta (id int)']) {
    const url = await bareDatabase(t);
    await onServer(url, text);
    await assert.rejects(startOn(url), refused('foreign', /tables of another program/));
    assert.deepEqual(await onServer(url, "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'"), [
      [1],
    ]);
  }
});

test('a newer schema runs unless it says that this program is too old', { skip }, async (t) => {
  const url = await freshDatabase(t);
  const newer = POSTGRES_SCHEMA_VERSION + 1;
  await onServer(url, `UPDATE meta SET schema = ${String(newer)}`);
  await startOn(url);
  await onServer(url, `UPDATE meta SET oldest_program = ${String(newer)}`);
  await assert.rejects(startOn(url), refused('newer', /start a newer Parley/));
  assert.deepEqual(await onServer(url, 'SELECT schema FROM meta'), [[newer]]);
});

test('the first host decides which secrets the others must have', { skip }, async (t) => {
  const url = await freshDatabase(t);
  await startOn(url);
  await startOn(url);
  for (const secrets of [secretsFingerprint('one', 'other'), secretsFingerprint('other', 'two')])
    await assert.rejects(startOn(url, { secrets }), refused('other-secrets', /PARLEY_JWT_SECRET/));
});

test('a host whose clock is off is refused', { skip }, async (t) => {
  const url = await freshDatabase(t);
  const shifted = (ms: number): Clock => ({ ...systemClock, now: () => systemClock.now() + ms });
  const { clockOffsetMs } = await startOn(url, { clock: shifted(-3_000) });
  assert.ok(Math.abs(clockOffsetMs - 3_000) < 1_500, String(clockOffsetMs));
  await assert.rejects(startOn(url, { clock: shifted(-60_000) }), refused('clock', /behind the database/));
  await assert.rejects(startOn(url, { clock: shifted(60_000) }), refused('clock', /ahead of the database/));
});

test('a server that would lose what it acknowledged is refused in a sentence', () => {
  const events: string[] = [];
  const check = (...settings: [number, string, string, string, string]): void => {
    checkServer(settings, { warn: (_, event) => events.push(event) });
  };
  assert.throws(
    () => {
      check(140_005, 'UTF8', 'on', 'on', '');
    },
    refused('unfit', /runs PostgreSQL 14: Parley needs 15/),
  );
  assert.throws(
    () => {
      check(150_000, 'LATIN1', 'on', 'on', '');
    },
    refused('unfit', /stores text as LATIN1/),
  );
  assert.throws(
    () => {
      check(150_000, 'UTF8', 'off', 'on', '');
    },
    refused('unfit', /fsync = off/),
  );
  assert.throws(
    () => {
      check(150_000, 'UTF8', 'on', 'off', '');
    },
    refused('unfit', /full_page_writes = off/),
  );
  check(180_000, 'UTF8', 'on', 'on', 'ANY 1 (a, b)');
  assert.deepEqual(events, []);
  check(150_000, 'UTF8', 'on', 'on', '');
  assert.deepEqual(events, ['store.no-synchronous-standby']);
});

test('the start waits 60 s for the database, and says so each 5 s', async () => {
  const clock = new ManualClock();
  const events: string[] = [];
  const port = String(await freePort());
  const progress = { isOver: false };
  const start = assert
    .rejects(
      startOn(`postgres://chat:hunter2@127.0.0.1:${port}/parley`, { clock, events }),
      refused('unreachable', /127\.0\.0\.1:\d+\/parley can't be reached/),
    )
    .finally(() => {
      progress.isOver = true;
    });
  let seconds = 0;
  for (; !progress.isOver; seconds += 2.5) {
    await eventually('the next attempt', () => progress.isOver || clock.waiting > 0);
    clock.advance(2_500);
  }
  await start;
  assert.ok(seconds >= 60 && seconds <= 65, String(seconds));
  assert.ok(events.length >= 10 && events.length <= 12, String(events.length));
  assert.match(events[0] ?? '', /^store\.waiting .*ECONNREFUSED/);
  assert.ok(!events.join().includes('hunter2'));
});
