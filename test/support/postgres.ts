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
const lasting: Scope = { after: (dispose) => void disposals.push(dispose) };

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
  const emptying = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid();
    TRUNCATE ${tables} RESTART IDENTITY;
    INSERT INTO meta SELECT * FROM json_populate_record(NULL::meta, '${meta.replaceAll("'", "''")}')`;
  return { url, template, shape, emptying };
};

let shared: Promise<Shared> | null = null;

/** A database costs 0.2 s to make and drop, and a seventh of that to empty: the next test gets it. */
const spare: string[] = [];

/** The URL of an empty database with Parley's schema, of the test's own. */
export const freshDatabase = async (scope: Scope): Promise<string> => {
  shared ??= startShared();
  const { url, template, shape, emptying } = await shared;
  let name = spare.pop();
  if (name === undefined) {
    name = newName('test');
    await onServer(url, `CREATE DATABASE ${name} TEMPLATE ${template}`);
    const made = name;
    lasting.after(() => drop(url, made));
  }
  const own = name;
  const ownUrl = withDatabase(url, own);
  scope.after(async () => {
    try {
      const [[left]] = (await onServer(ownUrl, SHAPE)) as [string[]];
      // A test that has changed tables leaves a database that is good for nothing else.
      if (left !== shape) return;
      await onServer(ownUrl, emptying);
      spare.push(own);
    } catch {
      // Its server may be gone. The end of the process drops what is left.
    }
  });
  return ownUrl;
};

/** Likewise, without any table; it is gone after the test. */
export const bareDatabase = async (scope: Scope): Promise<string> => {
  shared ??= startShared();
  const { url } = await shared;
  const name = newName('test');
  await onServer(url, `CREATE DATABASE ${name} TEMPLATE template0`);
  scope.after(() => drop(url, name));
  return withDatabase(url, name);
};

const drop = async (url: string, name: string): Promise<void> => {
  await onServer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
};
