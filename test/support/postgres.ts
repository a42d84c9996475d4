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
}

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
  return { url, template };
};

let shared: Promise<Shared> | null = null;

/** The URL of an empty database with Parley's schema, which is gone after the test. */
export const freshDatabase = async (scope: Scope): Promise<string> => await makeDatabase(scope, true);

/** Likewise, without any table. */
export const bareDatabase = async (scope: Scope): Promise<string> => await makeDatabase(scope, false);

const makeDatabase = async (scope: Scope, isMigrated: boolean): Promise<string> => {
  shared ??= startShared();
  const { url, template } = await shared;
  const name = newName('test');
  await onServer(url, `CREATE DATABASE ${name} TEMPLATE ${isMigrated ? template : 'template0'}`);
  scope.after(async () => {
    await onServer(url, `DROP DATABASE ${name} WITH (FORCE)`);
  });
  return withDatabase(url, name);
};
