import { randomBytes } from 'node:crypto';
import { after } from 'node:test';
import { Client } from 'pg';
import { systemClock } from '../../server/runtime/clock.ts';
import { systemIds } from '../../server/runtime/ids.ts';
import { openDatabase } from '../../server/storage/postgres/database.ts';
import { migratePostgres } from '../../server/storage/postgres/migrate.ts';
import { PostgresServer } from './postgres-server.ts';
import { clientOptions, onServer, optionsOf } from './postgres-client.ts';
import { given } from './postgres-missing.ts';
import { processScope } from './process-scope.ts';
import type { Scope } from './temp-dir.ts';

export { onServer, optionsOf } from './postgres-client.ts';
export { withoutOwnPostgres, withoutPostgres } from './postgres-missing.ts';

/** What the tests of this process share. The hook is made here, while the file is loaded: inside a test it would be the test's. */
const disposals: (() => void | Promise<void>)[] = [];
processScope({ after }).after(async () => {
  for (const dispose of disposals.reverse()) await dispose();
});
export const lasting: Scope = { after: (dispose) => void disposals.push(dispose) };

/** Holds an advisory lock until the function that is returned is called, at the latest until the end of the test. */
export const holdLock = async (scope: Scope, url: string, key: number): Promise<() => Promise<void>> => {
  const client = new Client(clientOptions(url));
  // Its database may be dropped before it is told to end.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`SELECT pg_advisory_lock(${String(key)})`);
  const unlock = (): Promise<void> => client.end();
  scope.after(unlock);
  return unlock;
};

interface Shared {
  readonly url: string;
  readonly template: string;
  /** Of the template: what its tables look like. */
  readonly shape: string;
  /** Empties a database that was made from the template. */
  readonly emptying: string;
}

/** A word for all tables with their columns and indexes, the tables, and the only row that there is after the migration. */
const SHAPE = `SELECT
  md5((SELECT string_agg(c.oid::regclass::text || a.attname || format_type(a.atttypid, a.atttypmod) || a.attnotnull,
        ',' ORDER BY c.relname, a.attnum)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped)
    || (SELECT string_agg(pg_get_constraintdef(oid), ',' ORDER BY conname, conrelid::regclass::text) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace)
    || (SELECT coalesce(string_agg(tgname, ',' ORDER BY tgname), '') FROM pg_trigger WHERE NOT tgisinternal)),
  (SELECT string_agg(oid::regclass::text, ',') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace),
  (SELECT row_to_json(meta)::text FROM meta)`;

const withDatabase = (url: string, name: string): string => {
  const [, before = '', parameters = ''] = /^([^?]*\/)[^/?]*(\?.*)?$/.exec(url) ?? [];
  return `${before}${name}${parameters}`;
};

const newName = (kind: string): string => `parley_${kind}_${randomBytes(8).toString('hex')}`;

const startShared = async (): Promise<Shared> => {
  const url = given === '' ? (await PostgresServer.start(lasting)).url() : given;
  const template = newName('template');
  await onServer(url, `CREATE DATABASE ${template} TEMPLATE template0 ENCODING 'UTF8'`);
  if (given !== '')
    lasting.after(async () => {
      await onServer(url, `DROP DATABASE ${template}`);
    });
  const connection = optionsOf(withDatabase(url, template));
  const db = openDatabase({ connection, purpose: 'maintain', connections: 1, clock: systemClock });
  await migratePostgres(db, systemClock, systemIds);
  await db.close();
  const [[shape = '', tables = '', meta = '']] = (await onServer(withDatabase(url, template), SHAPE)) as [
    string[],
  ];
  return { url, template, shape, emptying: emptyingOf(tables, meta) };
};

/** Most tests fill few of the tables, and to truncate one makes it and its indexes anew. The lock waits for what a program that was killed
 *  has begun. Numbers are given out even by what was undone. */
const emptyingOf = (tables: string, meta: string): string => `
  LOCK TABLE ${tables} IN ACCESS EXCLUSIVE MODE;
  DO $$
  DECLARE
    name text;
    is_filled boolean;
    filled text[] := '{}';
  BEGIN
    FOREACH name IN ARRAY string_to_array('${tables}', ',') LOOP
      EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO is_filled;
      IF is_filled THEN filled := filled || name; END IF;
    END LOOP;
    IF filled <> '{}' THEN EXECUTE 'TRUNCATE ' || array_to_string(filled, ',') || ' CASCADE'; END IF;
  END $$;
  SELECT setval(seqrelid, seqstart, false) FROM pg_sequence;
  INSERT INTO retention DEFAULT VALUES;
  INSERT INTO meta SELECT * FROM json_populate_record(NULL::meta, '${meta.replaceAll("'", "''")}')`;

let shared: Promise<Shared> | null = null;

const HANG_UP = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/** Whether there is something that does not go with the schema. */
const HAS_MORE = `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$|public$)')
  OR EXISTS (SELECT FROM pg_extension WHERE extname <> 'plpgsql')
  OR EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
    WHERE d.datname = current_database())`;

/** As in template0. */
const NEW_SCHEMA = `DROP SCHEMA public CASCADE;
  CREATE SCHEMA public AUTHORIZATION pg_database_owner;
  GRANT USAGE ON SCHEMA public TO PUBLIC`;

/** A database that tests have one after the other: to make and drop one costs 0.2 s. So does the connection that empties it stay: a new
 *  one costs as much as all that a small test asks. */
export class ReusedDatabase {
  readonly url: string;
  readonly #emptier: Client;
  readonly #shared: Shared;

  private constructor(url: string, emptier: Client, shared: Shared) {
    this.url = url;
    this.#emptier = emptier;
    this.#shared = shared;
  }

  /** With Parley's tables, or without any. */
  static async make(content: 'tables' | 'bare' = 'tables'): Promise<ReusedDatabase> {
    shared ??= startShared();
    const { url, template } = await shared;
    const name = newName('test');
    await onServer(url, `CREATE DATABASE ${name} TEMPLATE ${content === 'bare' ? 'template0' : template}`);
    lasting.after(() => drop(url, name));
    const ownUrl = withDatabase(url, name);
    // Who waits longer than this waits for a transaction that a test has left open.
    const emptier = new Client({ ...clientOptions(ownUrl), lock_timeout: 5_000 });
    // A test may end its server.
    emptier.on('error', () => undefined);
    await emptier.connect();
    lasting.after(() => emptier.end());
    return new ReusedDatabase(ownUrl, emptier, await shared);
  }

  /** Empties its tables. Whether the next test can have it: one that has changed tables leaves a database that is good for nothing
   *  else, and the end of the process drops it. */
  async empty(connections: 'kept' | 'ended' = 'ended'): Promise<boolean> {
    return await this.#prepare(connections, SHAPE, this.#shared.shape, this.#shared.emptying);
  }

  /** Takes the tables away. Whether the next test can have it. */
  async strip(): Promise<boolean> {
    return await this.#prepare('ended', HAS_MORE, false, NEW_SCHEMA);
  }

  async #prepare(
    connections: 'kept' | 'ended',
    question: string,
    expected: string | false,
    change: string,
  ): Promise<boolean> {
    try {
      if (connections === 'ended') await this.#emptier.query(HANG_UP);
      const { rows } = await this.#emptier.query<[string | boolean]>({ text: question, rowMode: 'array' });
      if (rows[0]?.[0] !== expected) return false;
      await this.#emptier.query(change);
      return true;
    } catch {
      return false; // Its server may be gone.
    }
  }
}

const spare: ReusedDatabase[] = [];
const spareBare: ReusedDatabase[] = [];

const lend = (scope: Scope, database: ReusedDatabase): string => {
  scope.after(async () => {
    if (await database.empty()) spare.push(database);
  });
  return database.url;
};

/** The URL of an empty database with Parley's schema, of the test's own. */
export const freshDatabase = async (scope: Scope): Promise<string> =>
  lend(scope, spare.pop() ?? (await ReusedDatabase.make()));

/** The same for a server, which does not mind: the first one makes the tables itself, and the next one finds them. */
export const serverDatabase = async (scope: Scope): Promise<string> =>
  lend(scope, spare.pop() ?? (await ReusedDatabase.make('bare')));

/** The URL of a database without any table. */
export const bareDatabase = async (scope: Scope): Promise<string> => {
  const database = spareBare.pop() ?? (await ReusedDatabase.make('bare'));
  scope.after(async () => {
    if (await database.strip()) spareBare.push(database);
  });
  return database.url;
};

const drop = async (url: string, name: string): Promise<void> => {
  await onServer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
};
