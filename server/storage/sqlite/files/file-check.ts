import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, readState, STATE_FILE, WAL_FILE, type FileState } from './file-state.ts';
import { DATABASE_FILE } from '../open.ts';
import { generationsInFile, generationsInWal, headOf, isMadeOf, pageSizeOf } from './raw-generations.ts';
import { StoreError } from '../../store-error.ts';

/** Checks the files of a data directory before SQLite opens them, because SQLite applies whatever log is beside the database,
 *  and creates an empty database if there is none. Changes nothing. Accepts every state that a crash or a power cut of this
 *  server can leave. `wasUsed`: there are other signs that a server has run here.
 *  @throws StoreError `mismatched`, `incomplete` */
export const checkFiles = (dataDir: string, wasUsed = false): void => {
  const state = readState(dataDir);
  const [database, wal] = [join(dataDir, DATABASE_FILE), join(dataDir, WAL_FILE)];
  const walSize = statSync(wal, { throwIfNoEntry: false })?.size ?? 0;
  if (isEmpty(database)) {
    if (walSize > 0) throw incomplete(dataDir, 'holds no tables, but a write-ahead log lies beside it');
    const isThere = existsSync(database);
    if (state !== null || (isThere && wasUsed))
      throw incomplete(dataDir, isThere ? 'holds no tables' : 'is missing');
  }
  if (walSize > 0 && state !== null && !fit(database, wal, state)) throw mismatched(dataDir);
};

/** Missing, without a byte, or with a first page on which no table is listed. */
export const isEmpty = (database: string): boolean => {
  const head = headOf(database, 108);
  if (head === null || head.length === 0) return true;
  // The kind of the first page, a leaf, and the number of its cells.
  return head.length === 108 && pageSizeOf(head) > 0 && head[100] === 0x0d && head.readUInt16BE(103) === 0;
};

/** Whether the log was written for this file. It was not if the log is the one that the server left but the file is another one.
 *  The generation of a file is also in its log, because each log begins with the generation, or with the change to it. */
const fit = (database: string, wal: string, state: FileState): boolean => {
  const isOtherFile = state.database !== null && identityOf(database) !== state.database;
  if (isOtherFile && state.wal !== null && identityOf(wal) === state.wal) return false;
  const inFile = generationsInFile(database, state.metaPage);
  const inWal = generationsInWal(wal, state.metaPage, inFile);
  if (inFile.length === 0 || inWal.size === 0) return true;
  return inFile.some((generation) => isMadeOf(generation, inWal));
};

const mismatched = (dataDir: string): StoreError =>
  new StoreError(
    'mismatched',
    `${DATABASE_FILE} and ${WAL_FILE} in ${dataDir} do not belong together: the database was replaced, and the log of ` +
      `the one before still lies beside it. To use ${DATABASE_FILE} as it is, move ${WAL_FILE} and ${DATABASE_FILE}-shm ` +
      `away. If the two were copied together, move ${STATE_FILE} away instead.`,
  );

const incomplete = (dataDir: string, what: string): StoreError =>
  new StoreError(
    'incomplete',
    `${DATABASE_FILE} in ${dataDir} ${what}, though a server has used this directory: it is an incomplete copy, or was ` +
      `lost. Put a complete copy back, or move all ${DATABASE_FILE}* files away to begin with an empty database.`,
  );
