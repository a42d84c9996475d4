import { closeSync, constants, openSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { checkContent } from './content-check.ts';
import { makeDataDir } from './data-dir.ts';
import { Erasure } from './erasure.ts';
import { checkFiles, isEmpty } from './file-check.ts';
import { identityOf, readState, syncFolder, type FileState } from './file-state.ts';
import { CURRENT_GENERATION } from './generation.ts';
import { renewHistory } from './history.ts';
import { checkVersion, migrate } from './migrate.ts';
import {
  databasePath,
  guarded,
  markOwner,
  notWritable,
  openReadOnly,
  openReadWrite,
  type Connection,
} from './open.ts';

/** What the database is to the one that the server left. `moved`: its content, in another file, as after a move to another disk.
 *  `replaced`: another content, a copy that was put back. `unknown`: nothing was noted. */
export type FileFound = 'same' | 'moved' | 'replaced' | 'unknown';

/** Opens the one read-write connection at the start of the process, migrated, after a look at what there is. All checks come
 *  before the first write, on a connection that can't write, so that a refused start leaves everything as it was. A copy
 *  that was put back gets a new history. `onThorough`: before a check of the whole file, which takes about 6 ms a megabyte.
 *  @throws StoreError */
export const openAtStart = (dataDir: string, onThorough?: (found: FileFound) => void): Connection => {
  makeDataDir(dataDir);
  checkFiles(dataDir);
  const path = databasePath(dataDir);
  const state = readState(dataDir);
  let found: FileFound = 'same';
  let db: Connection;
  if (isEmpty(path)) {
    create(dataDir, path);
    db = openReadWrite(dataDir);
  } else {
    // Stays open until the other is: the log is gone through once.
    const reader = openReadOnly(dataDir);
    try {
      checkVersion(reader);
      found = guarded(path, () => compare(reader, path, state));
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
export const upgrade = (db: Connection): void => {
  checkVersion(db);
  Erasure.discard(db);
  migrate(db);
};

/** After an unclean stop nobody is left online. [S6] */
const resetPresence = (db: Connection): void => {
  db.transaction(() => {
    db.exec(`UPDATE user_presence SET status = 'offline' WHERE status = 'online';
      UPDATE user_sessions SET connected = 0, websocket_id = NULL WHERE connected = 1;`);
  }).immediate();
};

const compare = (reader: Connection, path: string, state: FileState | null): FileFound => {
  if (state === null) return 'unknown';
  // A database of before the second migration has none.
  const generation = reader.prepare<[], string>(CURRENT_GENERATION).pluck().get();
  if (generation === undefined || !state.generations.includes(generation)) return 'replaced';
  return identityOf(path) === state.database ? 'same' : 'moved';
};

/** Makes the database under another name, and gives it its own when it has all tables: at no moment is there one without. */
const create = (dataDir: string, path: string): void => {
  const aside = `${path}.new`;
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${aside}${suffix}`, { force: true });
  guarded(path, () => {
    try {
      closeSync(openSync(aside, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600));
    } catch (cause) {
      throw notWritable(dataDir, cause);
    }
    const db = new Database(aside) as Connection;
    try {
      // Before it has its name: a switch to WAL that is cut off leaves a rollback journal, and a connection that can't write
      // does not open such a file.
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
