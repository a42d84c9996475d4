import Database from 'better-sqlite3';

/** Locks an existing file for as long as this process lives, or until the returned function is called. The lock is the operating
 *  system's, held through SQLite, so that `kill -9` leaves none behind. It also keeps off other connections of this process. Nothing
 *  else in the process may open and close the file meanwhile, because that would release the lock. Waits up to `waitMs` for a lock that
 *  another process has.
 *  @throws the error of SQLite: `SQLITE_BUSY` if another one holds it, `SQLITE_CANTOPEN` if there is no such file */
export const lockFile = (path: string, waitMs = 0): (() => void) => {
  const lock = new Database(path, { fileMustExist: true, timeout: waitMs });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw error;
  }
  held.add(lock);
  return () => {
    held.delete(lock);
    lock.close();
  };
};

/** Keeps the connections reachable: garbage collection of one would release its lock. */
const held = new Set<Database.Database>();
