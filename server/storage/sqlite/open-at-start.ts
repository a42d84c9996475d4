import { closeSync, constants, openSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { checkContent } from './files/content-check.ts';
import { makeDataDir } from '../data-dir/data-dir.ts';
import { Erasure } from './erasure.ts';
import { checkFiles, isEmpty } from './files/file-check.ts';
import { identityOf, readState, syncFolder, type FileState } from './files/file-state.ts';
import { CURRENT_GENERATION } from './files/generation.ts';
import { checkNotInUse } from './files/in-use.ts';
import { renewHistory } from './history.ts';
import { checkVersion, migrate } from './migrate.ts';
import { databasePath, guarded, markOwner, openReadOnly, openReadWrite, type Db } from './open.ts';
import { notWritable } from '../store-error.ts';

/** How the database relates to the one that the server left. `moved`: the same content in another file, as after a move to
 *  another disk. `replaced`: other content, such as a restored copy. `unknown`: there is no note. */
export type FileFound = 'same' | 'moved' | 'replaced' | 'unknown';

/** Checks the files, opens the only connection that writes, and migrates, at the start of the process. All checks come before
 *  the first write, on a read-only connection, so that a refused start changes nothing. A restored copy gets a new history
 *  [O12]. `onThorough` is called before a check of the whole file, which takes about 6 ms per megabyte.
 *  @throws StoreError */
export const openAtStart = (dataDir: string, onThorough?: (found: FileFound) => void): Db => {
  makeDataDir(dataDir);
  checkFiles(dataDir);
  const path = databasePath(dataDir);
  const state = readState(dataDir);
  let found: FileFound = 'same';
  let db: Db;
  if (isEmpty(path)) {
    create(dataDir, path);
    db = openReadWrite(dataDir);
  } else {
    // Stays open until the other one is open, so that SQLite reads the log only once.
    const reader = openReadOnly(dataDir);
    try {
      checkVersion(reader);
      found = guarded(path, () => {
        checkNotInUse(reader, state);
        return compare(reader, path, state);
      });
      if (found !== 'same') onThorough?.(found);
      guarded(path, () => {
        checkContent(reader, found !== 'same');
      });
      db = openReadWrite(dataDir);
    } finally {
      reader.close();
    }
  }
  try {
    guarded(path, () => {
      upgrade(db);
      if (found === 'replaced') renewHistory(db);
      resetPresence(db);
    });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/** Brings a database to this program's schema. What a broken-off rewriting has left goes first: a migration must not meet it. */
export const upgrade = (db: Db): void => {
  checkVersion(db);
  Erasure.discard(db);
  migrate(db);
};

/** After an unclean stop nobody is left online. [S6] */
const resetPresence = (db: Db): void => {
  db.transaction(() => {
    db.exec(`UPDATE user_presence SET status = 'offline' WHERE status = 'online';
      UPDATE user_sessions SET connected = 0, websocket_id = NULL WHERE connected = 1;`);
  }).immediate();
};

const compare = (reader: Db, path: string, state: FileState | null): FileFound => {
  if (state === null) return 'unknown';
  // A database of before the second migration has none.
  const generation = reader.prepare<[], string>(CURRENT_GENERATION).pluck().get();
  if (generation === undefined || !state.generations.includes(generation)) return 'replaced';
  return identityOf(path) === state.database ? 'same' : 'moved';
};

/** Creates the database under a temporary name and renames it when it has all tables, so that a file with the real name always
 *  has them. */
const create = (dataDir: string, path: string): void => {
  const aside = `${path}.new`;
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${aside}${suffix}`, { force: true });
  guarded(path, () => {
    try {
      closeSync(openSync(aside, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600));
    } catch (cause) {
      throw notWritable(dataDir, cause);
    }
    const db = new Database(aside) as Db;
    try {
      // Before the rename: an interrupted switch to WAL leaves a rollback journal, and a read-only connection cannot open such a
      // file.
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      markOwner(db);
      migrate(db);
    } finally {
      db.close();
    }
    renameSync(aside, path);
    syncFolder(dataDir);
  });
};
