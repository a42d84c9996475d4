import { systemClock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import { checkCurrentSchema, hasTables, isInUse, onDatabase } from '../storage/postgres/command-database.ts';
import { databaseName, type ConnectionOptions } from '../storage/postgres/connection-options.ts';
import { migratePostgres } from '../storage/postgres/migrate.ts';
import { statement, type Database } from '../storage/postgres/sql.ts';
import { readRecords } from '../storage/postgres/transfer/read-records.ts';
import { emptyTables, lockTables } from '../storage/postgres/transfer/empty-tables.ts';
import { writeRecords } from '../storage/postgres/transfer/write-records.ts';
import { ExportDigest, summaryOf, type ExportSummary } from '../storage/transfer/export-digest.ts';
import type { ExportRecord, ExportRecords } from '../storage/transfer/export-record.ts';
import { TransferError } from '../storage/transfer/transfer-error.ts';
import { MOVE, moveDetail, type Recorded } from './recorded.ts';
import { compare } from './sqlite-side.ts';

const HISTORY = statement<[history: string]>('', 'SELECT history FROM meta');
/** In which a database notices that a connection was closed. */
const LEAVING_MS = 2_000;
const RECORD_MOVE = statement(
  '',
  'INSERT INTO audit_records (at, actor, origin, action, detail) VALUES ($1, $2, $3, $4, $5)',
);

/** Hands the records of a database to `use`, as of one moment. `alone`: refuses a database that servers use.
 *  @throws StoreError, TransferError */
export const readingPostgres = async <T>(
  connection: ConnectionOptions,
  { alone }: { readonly alone: boolean },
  use: (records: ExportRecords) => Promise<T>,
): Promise<T> =>
  onDatabase(connection, async (db) => {
    await checkCurrentSchema(db, connection);
    if (alone && (await isInUse(db, connection))) throw inUse(connection);
    return await db.snapshot((sql) => use(readRecords(sql)));
  });

/** The history that a database holds. @throws StoreError */
export const historyOf = (connection: ConnectionOptions): Promise<string> =>
  onDatabase(connection, async (db) => (await db.query(HISTORY))[0]?.[0] ?? '');

/** Whether an import may begin, before anything else is done. @throws StoreError, TransferError `busy` */
export const checkTarget = (connection: ConnectionOptions): Promise<void> =>
  onDatabase(connection, async (db) => {
    if (await isInUse(db, connection)) throw inUse(connection);
  });

/** Fills an empty database with records that were checked before, in one transaction, and compares what it holds then with what came.
 *  @throws StoreError, TransferError */
export const fillPostgres = async (
  connection: ConnectionOptions,
  records: ExportRecords,
  { ids, moved }: { readonly ids: Ids; readonly moved?: Recorded },
): Promise<ExportSummary> =>
  onDatabase(connection, async (db) => {
    await migratePostgres(db, systemClock, ids);
    return await db.transaction(async (sql) => {
      const digest = new ExportDigest();
      await writeRecords(sql, digested(records, digest), ids.next());
      const summary = digest.end();
      await compare(summary, readRecords(sql));
      if (moved !== undefined)
        await sql.run(RECORD_MOVE, [moved.at, moved.actor, MOVE.origin, MOVE.action, moveDetail(summary)]);
      return summary;
    });
  });

/** Whether there is something of Parley in a database. */
export const hasTablesAt = (connection: ConnectionOptions): Promise<boolean> =>
  onDatabase(connection, hasTables);

/** The same as `readingPostgres` for a database that need not be there yet: it then has no records. */
export const readingPostgresIfThere = async <T>(
  connection: ConnectionOptions,
  use: (records: ExportRecords) => Promise<T>,
): Promise<T> =>
  (await hasTablesAt(connection)) ? readingPostgres(connection, { alone: false }, use) : use([]);

/** Puts records in the place of all that a database holds, in one transaction, and compares what it holds then with what came.
 *  `before`: the SHA-256 of what the records were made from. @throws StoreError, TransferError `busy` */
export const replaceInPostgres = async (
  connection: ConnectionOptions,
  records: ExportRecords,
  { ids, before }: { readonly ids: Ids; readonly before: string },
): Promise<void> =>
  onDatabase(connection, async (db) => {
    await migratePostgres(db, systemClock, ids);
    await untilUnused(db, connection);
    await db.transaction(async (sql) => {
      await lockTables(sql);
      // Who has come since then has read what is replaced now; who comes later waits for the tables.
      if (await isInUse(sql, connection)) throw inUse(connection);
      if ((await summaryOf(readRecords(sql))).sha256 !== before) throw hasChanged();
      await emptyTables(sql);
      const digest = new ExportDigest();
      await writeRecords(sql, digested(records, digest), ids.next());
      await compare(digest.end(), readRecords(sql));
    });
  });

/** Connections of this command that were closed a moment ago may still be listed. @throws TransferError `busy` */
const untilUnused = async (db: Pick<Database, 'query'>, connection: ConnectionOptions): Promise<void> => {
  const started = systemClock.monotonic();
  while (await isInUse(db, connection)) {
    if (systemClock.monotonic() - started > LEAVING_MS) throw inUse(connection);
    await new Promise<void>((resolve) => systemClock.after(LEAVING_MS / 40, resolve));
  }
};

/** Somebody has written to a store while something was being made of what it held. */
export const hasChanged = (): TransferError =>
  new TransferError(
    'busy',
    'The store has changed meanwhile, so nothing was imported: stop all servers first.',
  );

async function* digested(
  records: ExportRecords,
  digest: ExportDigest,
): AsyncGenerator<ExportRecord, void, void> {
  for await (const record of records) {
    digest.add(record);
    yield record;
  }
}

/** For a `Source`: PostgreSQL checks less than an import does, though a server writes nothing of this kind. */
export const contradiction = (what: string): TransferError =>
  new TransferError('damaged', `The database contradicts itself, so nothing was kept: ${what}.`);

const inUse = (connection: ConnectionOptions): TransferError =>
  new TransferError(
    'busy',
    `A server is connected to ${databaseName(connection)}: stop all servers of this database first.`,
  );
