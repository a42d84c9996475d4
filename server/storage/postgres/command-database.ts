import { systemClock, type Clock } from '../../runtime/clock.ts';
import { StoreError } from '../store-error.ts';
import { databaseName, type ConnectionOptions } from './connection-options.ts';
import { openDatabase } from './database.ts';
import { DatabaseError } from './database-error.ts';
import { POSTGRES_SCHEMA_VERSION } from './migrate.ts';
import { SERVER_SETTINGS, checkServer } from './open-at-start.ts';
import { statement, type Database } from './sql.ts';

/** What an operator's command does with a database. It neither waits for one nor migrates one: a server does. */

const HAS_META = statement<[boolean]>('', `SELECT to_regclass('meta') IS NOT NULL`);
const SCHEMA = statement<[number]>('', 'SELECT schema FROM meta');
const SECRETS = statement<[Buffer | null]>('', 'SELECT secrets FROM meta');
/** Messages and the bytes of their texts, which the database may hold compressed, and what all tables but those of messages and of the
 *  search index take on the disk. */
const STORED = statement<[messages: number, contentBytes: number, otherBytes: number]>(
  '',
  `SELECT count(*)::float8, coalesce(sum(octet_length(content)), 0)::float8,
    (SELECT sum(pg_total_relation_size(oid))::float8 FROM pg_class
      WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname !~ '^(messages|search_.*)$')
   FROM messages`,
);
const OTHERS = statement<[number]>(
  '',
  `SELECT count(*)::int FROM pg_stat_activity
   WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()`,
);

/** Runs `work` on one connection. @throws StoreError for what the database says, in one sentence */
export const onDatabase = async <T>(
  connection: ConnectionOptions,
  work: (db: Database) => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> => {
  const db = openDatabase({ connection, purpose: 'maintain', connections: 1, clock });
  try {
    const [settings] = await db.query(SERVER_SETTINGS);
    if (settings !== undefined) checkServer(settings, { warn: () => undefined });
    return await work(db);
  } catch (error) {
    throw error instanceof DatabaseError ? databaseFault(connection, error) : error;
  } finally {
    await db.close();
  }
};

const databaseFault = (connection: ConnectionOptions, error: DatabaseError): StoreError => {
  const name = databaseName(connection);
  if (error.kind === 'unknown-outcome')
    return new StoreError(
      'unreachable',
      `the connection to ${name} was lost at the end: whether the change was made, parley status says`,
      error,
    );
  const what = error.kind === 'statement' ? 'refuses this' : "can't be used";
  return new StoreError(
    error.kind === 'statement' ? 'unfit' : 'unreachable',
    `the database ${name} ${what}: ${error.message}`,
    error,
  );
};

/** Whether a server has ever started on the database, or something was imported into it. */
export const hasTables = async (db: Pick<Database, 'query'>): Promise<boolean> => {
  const [[hasMeta] = [false]] = await db.query(HAS_META);
  return hasMeta;
};

/** How much a database holds. It has the schema of this program. Reads all messages once. @throws StoreError */
export const storedSize = (connection: ConnectionOptions): Promise<StoredSize> =>
  onDatabase(connection, async (db) => {
    const [[messages, contentBytes, otherBytes] = [0, 0, 0]] = await db.query(STORED);
    return { messages, contentBytes, otherBytes };
  });

export interface StoredSize {
  readonly messages: number;
  /** Of their texts, uncompressed. */
  readonly contentBytes: number;
  /** Of everything else but the search index, on the disk of the database. */
  readonly otherBytes: number;
}

/** @throws StoreError `missing`, `older`, `newer` unless the database has the schema of this program */
export const checkCurrentSchema = async (db: Database, connection: ConnectionOptions): Promise<void> => {
  const name = databaseName(connection);
  if (!(await hasTables(db)))
    throw new StoreError(
      'missing',
      `the database ${name} holds nothing of Parley: a server makes its tables at its first start`,
    );
  const [[schema] = [0]] = await db.query(SCHEMA);
  if (schema === POSTGRES_SCHEMA_VERSION) return;
  const isOlder = schema < POSTGRES_SCHEMA_VERSION;
  throw new StoreError(
    isOlder ? 'older' : 'newer',
    `the database ${name} has schema ${String(schema)}, this program works on ${String(POSTGRES_SCHEMA_VERSION)}: ` +
      (isOlder ? 'start this Parley on it once, which brings it up to date' : 'use the Parley of its server'),
  );
};

/** @throws StoreError `other-secrets` if the servers of the database have other ones than `fingerprint` tells */
export const checkKnownSecrets = async (db: Database, fingerprint: Buffer): Promise<void> => {
  const [[known] = [null]] = await db.query(SECRETS);
  if (known === null || known.equals(fingerprint)) return;
  throw new StoreError(
    'other-secrets',
    'the database belongs to servers with another PARLEY_JWT_SECRET or PARLEY_REFRESH_SECRET: give the command the same',
  );
};

/** Whether servers, or other commands, are connected: those that call themselves as this one does. */
export const isInUse = async (
  db: Pick<Database, 'query'>,
  { applicationName }: ConnectionOptions,
): Promise<boolean> => {
  const [[others] = [0]] = await db.query(OTHERS, [applicationName]);
  return others > 0;
};
