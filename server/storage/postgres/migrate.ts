import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import { StoreError } from '../store-error.ts';
import { DatabaseError } from './database-error.ts';
import { MIGRATIONS, OLDEST_PROGRAM } from './migrations/list.ts';
import { statement, type Database, type Sql } from './sql.ts';

/** The schema this program knows: the number of its last migration. */
export const POSTGRES_SCHEMA_VERSION = MIGRATIONS.length;

/** "Prly": whoever migrates holds this advisory lock until the end of the transaction. */
const LOCK_KEY = 0x50726c79;
/** How long to try again while another host migrates or a long query reads a table that is to be changed. */
const GIVE_UP_MS = 600_000;
const PAUSE_MS = 500;

/** Whoever waits longer for a lock would hold up everybody who comes after. */
const LOCK_TIMEOUT = statement('', "SET LOCAL lock_timeout = '2s'");
const LOCK = statement('', `SELECT pg_advisory_xact_lock(${String(LOCK_KEY)})`);
const FOUND = statement<[boolean, boolean, boolean]>(
  '',
  `SELECT
    EXISTS (SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')),
    to_regclass('meta') IS NOT NULL,
    (SELECT count(*) = 3 FROM pg_attribute
      WHERE attrelid = to_regclass('meta') AND attname IN ('schema', 'oldest_program', 'history'))`,
);
const STATE = statement<[number, number]>('', 'SELECT schema, oldest_program FROM meta');
const MAKE_META = statement(
  '',
  `CREATE TABLE meta (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    schema integer NOT NULL,
    oldest_program integer NOT NULL,
    history uuid NOT NULL,
    secrets bytea,
    probe bigint NOT NULL DEFAULT 0
  )`,
);
const FILL_META = statement('', 'INSERT INTO meta (schema, oldest_program, history) VALUES (0, 0, $1)');
const SET_STATE = statement('', 'UPDATE meta SET schema = $1, oldest_program = greatest(oldest_program, $2)');

/** Brings the schema up to date, each migration in one transaction together with its number. Several hosts may call this at once.
 *  A database that a newer program has extended is left as it is, unless this program can't live with it. `db` is one of purpose
 *  `maintain`. @throws StoreError `newer`, `foreign`; DatabaseError */
export const migratePostgres = async (db: Database, clock: Clock, ids: Ids): Promise<void> => {
  const started = clock.monotonic();
  for (;;) {
    try {
      if (await db.transaction((sql) => step(sql, ids))) return;
    } catch (error) {
      const isBusy = error instanceof DatabaseError && error.code === '55P03';
      if (!isBusy || clock.monotonic() - started > GIVE_UP_MS) throw error;
      await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
    }
  }
};

/** Applies the next migration. Returns whether there was none. */
const step = async (sql: Sql, ids: Ids): Promise<boolean> => {
  await sql.run(LOCK_TIMEOUT);
  await sql.query(LOCK);
  // Read after the lock was taken: another host may just have migrated.
  const schema = await schemaOf(sql, ids);
  const next = MIGRATIONS[schema];
  if (next === undefined) return true;
  await sql.run(statement('', next));
  await sql.run(SET_STATE, [schema + 1, Math.min(schema + 1, OLDEST_PROGRAM)]);
  return schema + 1 === POSTGRES_SCHEMA_VERSION;
};

const schemaOf = async (sql: Sql, ids: Ids): Promise<number> => {
  const [[hasTables, hasMeta, isOurs] = [false, false, false]] = await sql.query(FOUND);
  if (hasTables && !(hasMeta && isOurs)) {
    throw new StoreError(
      'foreign',
      'the database holds tables of another program: create a database for Parley alone',
    );
  }
  if (!hasMeta) {
    await sql.run(MAKE_META);
    await sql.run(FILL_META, [ids.next()]);
  }
  const [[schema, oldestProgram] = [0, 0]] = await sql.query(STATE);
  if (oldestProgram > POSTGRES_SCHEMA_VERSION) {
    throw new StoreError(
      'newer',
      `the database has schema ${String(schema)}, which needs a program that knows ${String(oldestProgram)}; ` +
        `this one knows up to ${String(POSTGRES_SCHEMA_VERSION)}: start a newer Parley`,
    );
  }
  return schema;
};
