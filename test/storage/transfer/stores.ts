import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../server/runtime/clock.ts';
import { openDatabase, type MeasuredDatabase } from '../../../server/storage/postgres/database.ts';
import type { ExportRecords } from '../../../server/storage/transfer/export-record.ts';
import { readingPostgres } from '../../../server/transfer/postgres-side.ts';
import { readingSqlite } from '../../../server/transfer/sqlite-side.ts';
import { writeExport } from '../../../server/transfer/transfer-files.ts';
import { optionsOf } from '../../support/postgres.ts';
import { tempDir, type Scope } from '../../support/temp-dir.ts';

/** What tests of exports ask of a store, whichever it is. */
export interface Side {
  readonly reading: <T>(use: (records: ExportRecords) => Promise<T>) => Promise<T>;
}

export const sqliteSide = (dataDir: string): Side => ({ reading: (use) => readingSqlite(dataDir, use) });
export const postgresSide = (url: string): Side => ({
  reading: (use) => readingPostgres(optionsOf(url), { alone: false }, use),
});

/** The export of a store, as a new file. */
export const exportTo = async (scope: Scope, side: Side): Promise<string> => {
  const path = join(tempDir(scope), 'export.jsonl');
  await side.reading((records) => writeExport(path, records));
  return path;
};

export const exportOf = async (scope: Scope, side: Side): Promise<string> =>
  readFileSync(await exportTo(scope, side), 'utf8');

export const connectTo = (scope: Scope, url: string, connections = 2): MeasuredDatabase => {
  const connection = { ...optionsOf(url), applicationName: 'parley-test' };
  const database = openDatabase({ connection, purpose: 'write', connections, clock: systemClock });
  scope.after(() => database.close());
  return database;
};

/** An empty data directory. */
export const newDataDir = (scope: Scope): string => {
  const folder = join(tempDir(scope), 'data');
  mkdirSync(folder);
  return folder;
};

/** What a directory holds beside the lock. */
export const namesIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => !name.startsWith('parley.lock'));
