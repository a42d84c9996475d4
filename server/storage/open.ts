import { chmodSync, closeSync, constants, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makeDataDir } from './data-dir.ts';
import { sqliteCode, StoreError } from './store-error.ts';

/** A prepared statement without `iterate`: an iterator that its caller does not exhaust keeps the whole connection busy, and every
 *  later transaction on it fails. A query that may stop early asks for a bounded page with `all`. */
export interface Prepared<Bound extends unknown[], Row> {
  run(...bound: Bound): Database.RunResult;
  get(...bound: Bound): Row | undefined;
  all(...bound: Bound): Row[];
  raw(): Prepared<Bound, Row>;
  pluck(): Prepared<Bound, Row>;
}

/** A connection as the store may use it. */
export interface Connection extends Pick<
  Database.Database,
  'close' | 'exec' | 'inTransaction' | 'name' | 'pragma' | 'transaction'
> {
  prepare<Bound extends unknown[] | object = unknown[], Row = unknown>(
    sql: string,
  ): Prepared<Bound extends unknown[] ? Bound : [Bound], Row>;
}
export const DATABASE_FILE = 'parley.db';
/** Pages in the write-ahead log after which a commit copies them into the file: each hot page once in place of once per thousand. */
export const CHECKPOINT_PAGES = 10_000;
/** Marks the file as Parley's in its header: 'Prly'. */
const APPLICATION_ID = 0x50726c79;

export const databasePath = (dataDir: string): string => join(dataDir, DATABASE_FILE);

/** Opens the one read-write connection (SPEC §6). Makes the folder (0700) and the file (0600) when missing; WAL and shared
 *  memory files get the mode of the file. Every commit is synced (`synchronous=FULL`, P1). Freed bytes are zeroed
 *  (`secure_delete`, P7).
 *  @throws StoreError `no-folder`, `not-writable`, `damaged`, `foreign`, `locked` */
export const openReadWrite = (dataDir: string): Connection => {
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
      markOwner(db as Connection);
      return db as Connection;
    } catch (error) {
      db.close();
      throw error;
    }
  });
};

/** Opens a read-write connection beside the server's, to a database that is there. Makes nothing and migrates nothing, so that a
 *  command neither starts an empty database in the wrong place nor changes the schema under a running server.
 *  @throws StoreError `missing`, `damaged`, `foreign`, `not-writable`, `locked` */
export const openExisting = (dataDir: string): Connection => {
  const path = databasePath(dataDir);
  if (!exists(path)) throw new StoreError('missing', `there is no database at ${path}`);
  return guarded(path, () => {
    const db = new Database(path, { fileMustExist: true, timeout: 2_000 });
    try {
      checkOwner(db, path);
      db.pragma('synchronous = FULL');
      db.pragma('foreign_keys = ON');
      db.pragma('secure_delete = ON');
      return db as Connection;
    } catch (error) {
      db.close();
      throw error;
    }
  });
};

/** Opens a read-only connection. Each statement sees every commit made before it began; a reader never waits for the
 *  writer and never holds it up.
 *  @throws StoreError `missing`, `damaged`, `foreign` */
export const openReadOnly = (dataDirOrFile: string): Connection => {
  const path = isFolder(dataDirOrFile) ? databasePath(dataDirOrFile) : dataDirOrFile;
  if (!exists(path)) throw new StoreError('missing', `there is no database at ${path}`);
  return guarded(path, () => {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 2_000 });
    try {
      checkOwner(db, path);
      db.pragma('query_only = ON');
      db.pragma('temp_store = MEMORY');
      db.pragma('cache_size = -16384');
      return db as Connection;
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

/** A copy that was put back may be readable for everybody. */
const narrow = (file: string): void => {
  try {
    if (exists(file)) chmodSync(file, 0o600);
  } catch {
    // Somebody else's, and writable for us: its modes are theirs.
  }
};

export const notWritable = (dataDir: string, cause: unknown): StoreError =>
  new StoreError('not-writable', `the data directory ${dataDir} can't be written`, cause);

/** Only where it is missing: a file that is about to be refused is not touched. */
export const markOwner = (db: Connection): void => {
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
