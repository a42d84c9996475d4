import { chmodSync, closeSync, constants, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makeDataDir } from '../data-dir/data-dir.ts';
import { isDiskFull, notWritable, sqliteCode, StoreError } from '../store-error.ts';

/** A prepared statement without `iterate`: an iterator that is not read to its end keeps the whole connection busy, and every later
 *  transaction on it fails. A query that may stop early uses `all` for a bounded page. */
export interface Prepared<Bound extends unknown[], Row> {
  /** Whether it changes nothing in the database. */
  readonly readonly: boolean;
  run(...bound: Bound): Database.RunResult;
  get(...bound: Bound): Row | undefined;
  all(...bound: Bound): Row[];
  raw(): Prepared<Bound, Row>;
  pluck(): Prepared<Bound, Row>;
}

/** A connection to the file, for what concerns the file and its schema as a whole. Queries and writes use `transactions.ts`. */
export interface Db extends Pick<
  Database.Database,
  'backup' | 'close' | 'exec' | 'inTransaction' | 'name' | 'pragma' | 'transaction'
> {
  prepare<Bound extends unknown[] | object = unknown[], Row = unknown>(
    sql: string,
  ): Prepared<Bound extends unknown[] ? Bound : [Bound], Row>;
}
export const DATABASE_FILE = 'parley.db';
/** Pages in the write-ahead log after which a commit checkpoints. With SQLite's default of 1,000, pages that change often would
 *  be copied ten times as often. */
export const CHECKPOINT_PAGES = 10_000;
/** Marks the file as Parley's in its header: 'Prly'. */
const APPLICATION_ID = 0x50726c79;

export const databasePath = (dataDir: string): string => join(dataDir, DATABASE_FILE);

/** Opens the only connection that writes. Creates the folder (0700) and the file (0600) if they are missing; SQLite gives the
 *  WAL and shared memory files the mode of the database. Every commit is synced (`synchronous=FULL`) [P1]. Freed bytes are
 *  overwritten with zeros (`secure_delete`) [P7].
 *  @throws StoreError `no-folder`, `not-writable`, `damaged`, `foreign`, `locked` */
export const openReadWrite = (dataDir: string): Db => {
  const path = databasePath(dataDir);
  prepareFile(dataDir, path);
  return guarded(path, () => {
    const db = new Database(path, { timeout: 2_000 });
    try {
      checkOwner(db, path);
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      db.pragma('foreign_keys = ON');
      db.pragma('secure_delete = ON');
      db.pragma('temp_store = MEMORY');
      db.pragma('cache_size = -65536');
      // The file shrinks again on the schedule of maintenance.
      db.pragma(`wal_autocheckpoint = ${String(CHECKPOINT_PAGES)}`);
      db.pragma(`journal_size_limit = ${String(64 * 1024 * 1024)}`);
      markOwner(db as Db);
      return db as Db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
};

/** @throws StoreError `missing`, or `not-writable` if that cannot be known */
export const checkExists = (dataDir: string): void => {
  const path = databasePath(dataDir);
  if (!exists(path)) throw new StoreError('missing', `there is no database at ${path}`);
};

/** Opens a read-only connection. Each statement sees every commit made before it began; a reader never waits for the
 *  writer and never holds it up.
 *  @throws StoreError `missing`, `damaged`, `foreign` */
export const openReadOnly = (dataDirOrFile: string): Db => {
  const path = isFolder(dataDirOrFile) ? databasePath(dataDirOrFile) : dataDirOrFile;
  if (!exists(path)) throw new StoreError('missing', `there is no database at ${path}`);
  return guarded(path, () => {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 2_000 });
    try {
      checkOwner(db, path);
      db.pragma('query_only = ON');
      db.pragma('temp_store = MEMORY');
      db.pragma('cache_size = -16384');
      return db as Db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
};

const exists = (path: string): boolean => {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    throw new StoreError('not-writable', `${path} can't be looked at (${codeOf(cause)})`, cause);
  }
};
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Makes folder and file with their modes before SQLite would make them with the process's. */
const prepareFile = (dataDir: string, path: string): void => {
  makeDataDir(dataDir);
  try {
    closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600));
  } catch (cause) {
    throw notWritable(dataDir, cause);
  }
  for (const file of [path, `${path}-wal`, `${path}-shm`]) narrow(file);
};

/** Restricts the mode: a restored copy may be readable for everybody. */
const narrow = (file: string): void => {
  try {
    if (exists(file)) chmodSync(file, 0o600);
  } catch {
    // The file belongs to another account and is writable for us; its owner decides on its mode.
  }
};

/** Only where it is missing: a file that is about to be refused is not touched. */
export const markOwner = (db: Db): void => {
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    db.pragma(`application_id = ${String(APPLICATION_ID)}`);
  }
};

/** The first read of the header: finds files that are no database, and databases of other programs. */
const checkOwner = (db: Database.Database, path: string): void => {
  const id = db.pragma('application_id', { simple: true });
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (tables !== 0 && id !== APPLICATION_ID) {
    throw new StoreError('foreign', `${path} is a database of another program`);
  }
};

/** @throws StoreError for what SQLite says of a file that can't be opened. */
export const guarded = <T>(path: string, open: () => T): T => {
  try {
    return open();
  } catch (error) {
    const code = sqliteCode(error);
    if (isDiskFull(error)) throw notWritable(path, error);
    if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) {
      throw new StoreError(
        'damaged',
        `${path} is damaged or not a database; restore it from a backup`,
        error,
      );
    }
    if (
      code.startsWith('SQLITE_READONLY') ||
      code.startsWith('SQLITE_CANTOPEN') ||
      code.startsWith('SQLITE_IOERR')
    ) {
      throw new StoreError('not-writable', `${path} can't be opened for writing (${code})`, error);
    }
    if (code.startsWith('SQLITE_BUSY'))
      throw new StoreError('locked', `${path} is locked by another process`, error);
    throw error;
  }
};
