import type { Ids } from '../runtime/ids.ts';
import type { ConnectionOptions } from '../storage/postgres/connection-options.ts';
import type { ExportSummary } from '../storage/transfer/export-digest.ts';
import { ExportParser } from '../storage/transfer/parse-export.ts';
import { checkTarget, contradiction, fillPostgres, readingPostgres } from './postgres-side.ts';
import type { Recorded } from './recorded.ts';
import { buildingSqlite, lockEmpty, moveIntoPlace, readingSqlite, type Source } from './sqlite-side.ts';
import { linesOf } from './transfer-files.ts';

/** An export and an import in one, between the two kinds of store. Both sides are compared before the target is kept. */

/** `dataDir`: locked by this process, and with nothing left to tell of deletions. */
export const moveToPostgres = async (
  dataDir: string,
  connection: ConnectionOptions,
  own: { readonly ids: Ids; readonly moved: Recorded },
): Promise<ExportSummary> => {
  await checkTarget(connection);
  return readingSqlite(dataDir, (records) => fillPostgres(connection, records, own));
};

/** `dataDir`: without a database. */
export const moveToSqlite = async (
  connection: ConnectionOptions,
  dataDir: string,
  own: { readonly moved: Recorded },
): Promise<ExportSummary> => {
  lockEmpty(dataDir);
  return readingPostgres(connection, { alone: true }, (records) => {
    const source = { records, placed: contradiction };
    return buildingSqlite(dataDir, source, own.moved, (folder, summary) => {
      moveIntoPlace(folder, dataDir);
      return summary;
    });
  });
};

const sourceOf = (path: string): Source => {
  const parser = new ExportParser(path);
  return { records: parser.records(linesOf(path)), placed: (what) => parser.at(what) };
};

/** @throws TransferError, StoreError */
export const importIntoSqlite = async (path: string, dataDir: string): Promise<ExportSummary> => {
  lockEmpty(dataDir);
  return buildingSqlite(dataDir, sourceOf(path), undefined, (folder, summary) => {
    moveIntoPlace(folder, dataDir);
    return summary;
  });
};

/** Through an SQLite database in `dataDir`, which checks everything before PostgreSQL gets the first record.
 *  @throws TransferError, StoreError */
export const importIntoPostgres = async (
  path: string,
  { connection, dataDir }: { readonly connection: ConnectionOptions; readonly dataDir: string },
  ids: Ids,
): Promise<ExportSummary> => {
  await checkTarget(connection);
  return buildingSqlite(dataDir, sourceOf(path), undefined, (folder) =>
    readingSqlite(folder, (records) => fillPostgres(connection, records, { ids })),
  );
};
