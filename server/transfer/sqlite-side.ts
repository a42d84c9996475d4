import { chownSync, existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { inTemporaryFolder } from '../backup/temporary.ts';
import { makeDataDir } from '../storage/data-dir/data-dir.ts';
import { COMMAND_LOCK_WAIT_MS, lockDataDir } from '../storage/data-dir/lock.ts';
import { giveToOwnerOf } from '../storage/data-dir/owner.ts';
import { moveAttachments } from '../storage/sqlite/attachments/attachment-tree.ts';
import { STATE_FILE, syncFolder } from '../storage/sqlite/files/file-state.ts';
import { checkCurrent } from '../storage/sqlite/migrate.ts';
import { DATABASE_FILE, openReadOnly, type Db } from '../storage/sqlite/open.ts';
import { RecordImport } from '../storage/sqlite/transfer/import-records.ts';
import { openNewDatabase } from '../storage/sqlite/transfer/new-database.ts';
import { readRecords } from '../storage/sqlite/transfer/read-records.ts';
import { sqliteCode, StoreError } from '../storage/store-error.ts';
import { ExportDigest, summaryOf, type ExportSummary } from '../storage/transfer/export-digest.ts';
import type { ExportRecords } from '../storage/transfer/export-record.ts';
import { takeEach } from '../storage/transfer/parse-export.ts';
import { RecordFault, TransferError } from '../storage/transfer/transfer-error.ts';
import { recordMove, type Recorded } from './recorded.ts';
import { isOfSystem, systemFault } from './transfer-files.ts';

/** Records, and what their place is called when one of them is wrong. */
export interface Source {
  readonly records: ExportRecords;
  readonly placed: (what: string) => Error;
}

/** Hands the records of a database file to `use`. Nobody may write to it meanwhile. `file`: or the folder of a data directory. The files of
 *  attachments are beside the database.
 *  @throws StoreError, TransferError */
export const readingSqlite = async <T>(
  file: string,
  use: (records: ExportRecords) => Promise<T>,
): Promise<T> => {
  const db = openReadOnly(file);
  try {
    checkCurrent(db);
    db.exec('BEGIN');
    return await use(readRecords(db, dirname(db.name)));
  } finally {
    db.close();
  }
};

/** Keeps servers off a data directory that has no database yet, and makes it if it is missing.
 *  @throws StoreError `locked`, TransferError `target` */
export const lockEmpty = (dataDir: string): void => {
  makeDataDir(dataDir);
  try {
    lockDataDir(dataDir, COMMAND_LOCK_WAIT_MS);
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'locked') throw error;
    throw new StoreError('locked', `a server runs on ${dataDir}: stop it first`, error);
  }
  const found = readdirSync(dataDir).find(
    (name) =>
      name === STATE_FILE ||
      new RegExp(`^${DATABASE_FILE.replace('.', '\\.')}(-wal|-shm|-journal)?$`).test(name),
  );
  if (found !== undefined)
    throw new TransferError(
      'target',
      `${dataDir} holds a database already (${found}). An import never replaces data: set PARLEY_DATA_DIR to a new directory.`,
    );
};

/** Makes a database of `source` in a folder of its own within `dataDir`, checks every record, and compares what it holds then with
 *  what came. Hands the folder to `use`; afterwards it is gone. `moved`: see `recordMove`. @throws TransferError */
export const buildingSqlite = <T>(
  dataDir: string,
  { records, placed }: Source,
  moved: Recorded | undefined,
  use: (folder: string, summary: ExportSummary) => T | Promise<T>,
): Promise<T> =>
  inTemporaryFolder(dataDir, 'import-', async (folder) => {
    try {
      const made = openNewDatabase(folder);
      let summary: ExportSummary;
      try {
        summary = await filled(made.db, folder, { records, placed });
        await compare(summary, readRecords(made.db, folder));
        if (moved !== undefined) recordMove(made.db, moved, summary);
        made.finish();
      } finally {
        made.close();
      }
      return await use(folder, summary);
    } catch (error) {
      throw sqliteCode(error) === '' && !isOfSystem(error) ? error : systemFault(folder, error);
    }
  });

const filled = async (db: Db, folder: string, { records, placed }: Source): Promise<ExportSummary> => {
  const digest = new ExportDigest();
  const filling = new RecordImport(db, folder);
  try {
    await takeEach(
      records,
      (record) => {
        digest.add(record);
        filling.take(record);
      },
      placed,
    );
    finish(filling, placed);
  } finally {
    filling.close();
  }
  return digest.end();
};

const finish = (filling: RecordImport, placed: Source['placed']): void => {
  try {
    filling.finish();
  } catch (error) {
    throw error instanceof RecordFault ? placed(error.message) : error;
  }
};

/** @throws TransferError `damaged` unless both hold the same */
export const compare = async (expected: ExportSummary, records: ExportRecords): Promise<void> => {
  const found = await summaryOf(records);
  if (found.sha256 === expected.sha256) return;
  throw new TransferError(
    'damaged',
    'What was stored is not what was read, so nothing was kept: the source does not have the form that docs/export-format.md describes.',
  );
};

/** Moves a finished database out of the folder that it was made in, to another one on the same disk. */
export const takeBuilt = (from: string, to: string): void => {
  moveAttachments(from, to);
  renameSync(join(from, DATABASE_FILE), join(to, DATABASE_FILE));
};

/** Puts a finished database in the place of the one of a data directory that this process has locked and nobody has open. A server that
 *  starts on it finds other contents than it left, and checks the whole file. @throws TransferError `busy` */
export const replaceDatabase = (folder: string, dataDir: string): void => {
  const [from, to] = [join(folder, DATABASE_FILE), join(dataDir, DATABASE_FILE)];
  const before = statSync(to, { throwIfNoEntry: false });
  if (before === undefined) {
    moveIntoPlace(folder, dataDir);
    return;
  }
  if ((statSync(`${to}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw new TransferError('busy', `Another program has ${to} open: end it first.`);
  if (process.geteuid?.() === 0) chownSync(from, before.uid, before.gid);
  moveAttachments(folder, dataDir);
  renameSync(from, to);
  syncFolder(dataDir);
};

/** Gives a finished database its name, in a data directory that this process has locked. The files of its attachments come first: what is
 *  left of them by a program that was killed meanwhile is taken by the next import, and otherwise removed by a server. */
export const moveIntoPlace = (folder: string, dataDir: string): void => {
  const to = join(dataDir, DATABASE_FILE);
  if (existsSync(to)) throw new TransferError('target', `${to} has appeared meanwhile`);
  const from = join(folder, DATABASE_FILE);
  giveToOwnerOf(dataDir, from);
  moveAttachments(folder, dataDir);
  renameSync(from, to);
  syncFolder(dataDir);
};
